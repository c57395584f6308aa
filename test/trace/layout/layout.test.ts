// Layouts as data: what a back end other than SVG can rely on.

import { describe, expect, test } from "@jest/globals";
import type { Layout, Shape } from "../../../src/trace/layout/chart.ts";
import { layoutGraph } from "../../../src/trace/layout/graph-layout.ts";
import { layoutPool } from "../../../src/trace/layout/pool-layout.ts";
import { layoutTimeline } from "../../../src/trace/layout/timeline-layout.ts";
import { waitForGraph } from "../../../src/trace/wait-for-graph.ts";
import { recordings, traceOf } from "../../support/traces.ts";

type Events = Parameters<typeof traceOf>[0];

const options = { title: "", width: 1_000 };
const recorded = await recordings();

test.each(recorded)("the layouts of %s are data", (_name, trace) => {
  const layouts: Layout[] = [layoutTimeline(trace, options, layoutGraph)];
  for (const pool of trace.pools) layouts.push(layoutPool(trace, pool, options));
  for (const layout of layouts) expect(structuredClone(layout)).toEqual(layout);
});

test("shapes have the events that they show", () => {
  const events: Events = [
    { goroutine: 2, type: "block", wait: 1, operation: "chan receive", channel: 1 },
    { goroutine: 1, type: "send", channel: 1, value: 1, length: 0, to: 2 },
    { goroutine: 2, type: "receive", channel: 1, value: 1, length: 0, from: 1 },
    { goroutine: 2, type: "unblock", wait: 1, by: 1 },
    { goroutine: 2, type: "end" },
  ];
  const { shapes } = layoutTimeline(traceOf(events), options);
  const eventsOf = (style: Shape["style"]): unknown[] =>
    shapes.filter((one) => one.style === style).map((one) => one.events);
  expect(eventsOf("receive")).toEqual([[0, 3]]);
  expect(eventsOf("flow0")).toEqual([[1, 3]]);
});

test.each(recorded)(
  "the timeline of %s has a position for each event and a lane for each goroutine",
  (_name, trace) => {
    const { axis, positions, lanes, tracks } = layoutTimeline(trace, options);
    expect(positions).toHaveLength(trace.events.length);
    for (const [i, x] of positions.entries()) {
      expect(x).toBeGreaterThanOrEqual(positions[i - 1] ?? axis.left);
      expect(x).toBeLessThanOrEqual(axis.right);
    }
    expect(lanes.map(({ goroutine }) => goroutine)).toEqual(trace.goroutines.map(({ id }) => id).sort((a, b) => a - b));
    expect(lanes.map(({ bottom }) => bottom)).toEqual(tracks.slice(0, lanes.length).map(({ baseline }) => baseline));
  },
);

test("the wait-for graph of a deadlock is left out without a function that lays it out", () => {
  const trace = traceOf([{ goroutine: 1, type: "block", wait: 1, operation: "chan send", channel: 1 }], {
    ending: "blocked",
  });
  const titlesOf = (shapes: readonly Shape[]): string[] =>
    shapes.flatMap((shape) => (shape.kind === "text" && shape.style === "title" ? [shape.text] : []));
  expect(titlesOf(layoutTimeline(trace, options, layoutGraph).shapes)).toEqual(["Wait-for graph"]);
  expect(titlesOf(layoutTimeline(trace, options).shapes)).toEqual([]);
});

describe("a wait-for graph", () => {
  /** Goroutines of which each waits to send to the next, the last one without a receiver, or to the first. */
  function chain(length: number, isCycle: boolean): Events {
    const ids = Array.from({ length }, (_, i) => i + 2);
    const past = ids.slice(1).map((id): Events[number] => {
      return { goroutine: id, type: "receive", channel: id - 1, value: id, length: 0, from: null };
    });
    const blocks = ids.map((id): Events[number] => {
      return { goroutine: id, type: "block", wait: id, operation: "chan send", channel: id };
    });
    const closing: Events[number] = {
      goroutine: 2,
      type: "receive",
      channel: length + 1,
      value: 1,
      length: 0,
      from: null,
    };
    return [...past, ...(isCycle ? [closing] : []), ...blocks];
  }

  test.each([
    [1, true, 1_000],
    [2, true, 1_000],
    [6, true, 1_000],
    [3, false, 480],
    [14, false, 1_000],
  ])("of %d goroutines (a cycle: %s) is inside a picture that is %d pixels wide", (length, isCycle, width) => {
    const trace = traceOf(chain(length, isCycle));
    const { shapes, bottom } = layoutGraph(trace, waitForGraph(trace), width, 100);
    const nodes = shapes.filter((shape) => shape.kind === "box").filter(({ tooltip }) => tooltip !== undefined);
    expect(nodes.length).toBeGreaterThanOrEqual(2 * length);
    for (const { x, y, ...size } of nodes) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x + size.width).toBeLessThanOrEqual(width);
      expect(y).toBeGreaterThan(100);
      expect(y + size.height).toBeLessThanOrEqual(bottom);
    }
    const overlap = nodes.find((a) =>
      nodes.some((b) => a !== b && Math.abs(a.x - b.x) < a.width && Math.abs(a.y - b.y) < a.height),
    );
    expect(overlap).toBeUndefined();
  });
});
