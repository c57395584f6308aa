import { describe, expect, test } from "@jest/globals";
import { axis } from "../../../src/trace/timeline/axis.ts";
import { jumble, traceOf } from "../../support/traces.ts";

const span = { left: 100, right: 900 };

describe("the order of events", () => {
  const trace = traceOf([
    { goroutine: 1, type: "log", text: "a" },
    { goroutine: 1, type: "log", text: "b" },
    { goroutine: 1, type: "log", text: "c" },
    { goroutine: 1, type: "log", text: "d", at: 50 },
  ]);

  test("is a step each, though all is at one instant", () => {
    const { at, kind } = axis(trace, span);
    expect(kind).toBe("order");
    expect(at(1) - at(0)).toBeGreaterThan(10);
    expect(at(2) - at(1)).toBeCloseTo(at(1) - at(0));
  });

  test("is stretched where time passes, and says how much", () => {
    const { at, stretches, ticks } = axis(trace, span);
    expect(at(3) - at(2)).toBeGreaterThan(at(2) - at(1) + 9);
    expect(stretches.map(({ milliseconds }) => milliseconds)).toEqual([50]);
    expect(ticks.map(({ label }) => label)).toEqual(["0 ms", "50 ms"]);
  });

  test("compresses long times: a gap a hundred times as long is ten times as wide", () => {
    const two = traceOf([
      { goroutine: 1, type: "log", text: "a" },
      { goroutine: 1, type: "log", text: "b", at: 100 },
      { goroutine: 1, type: "log", text: "c", at: 10_100 },
    ]);
    const widths = axis(two, { left: 0, right: 10_000 }).stretches.map(({ from, to }) => to - from);
    expect((widths[1] as number) / (widths[0] as number)).toBeCloseTo(10);
  });

  test("puts the parts of one hand-over on one place, but not the two ways of a value through a buffer", () => {
    const direct = traceOf([
      { goroutine: 1, type: "send", channel: 1, value: 1, length: 0, to: 2 },
      { goroutine: 2, type: "receive", channel: 1, value: 1, length: 0, from: 1 },
      { goroutine: 2, type: "unblock", wait: 1, by: 1 },
    ]);
    const { at } = axis(direct, span);
    expect([at(1), at(2)]).toEqual([at(0), at(0)]);
    const buffered = traceOf([
      { goroutine: 1, type: "send", channel: 1, value: 1, length: 1 },
      { goroutine: 1, type: "receive", channel: 1, value: 1, length: 0 },
    ]);
    const other = axis(buffered, span);
    expect(other.at(1)).toBeGreaterThan(other.at(0));
  });

  test("leaves room at its end for those who are asleep for ever", () => {
    const events = [{ goroutine: 1, type: "block", wait: 1, operation: "chan send", channel: 1 }] as const;
    expect(900 - axis(traceOf(events, { ending: "blocked" }), span).at(0)).toBeGreaterThan(
      900 - axis(traceOf(events), span).at(0),
    );
  });
});

test("many events of a real clock stand where their time is", () => {
  const events = Array.from({ length: 2_000 }, (_, i) => ({ goroutine: 1, type: "log", text: "", at: i * i }) as const);
  const trace = traceOf(events, { clock: "real" });
  const { kind, at, ticks } = axis(trace, span);
  expect(kind).toBe("time");
  expect(at(1_000)).toBeCloseTo(100 + (800 * 1_000 ** 2) / 1_999 ** 2);
  expect(ticks.length).toBeGreaterThan(3);
  expect(axis({ ...trace, clock: "virtual" }, span).kind).toBe("order");
});

test("a window has the events from its beginning to its end, both included, and its edges are those of the axis", () => {
  const events = [0, 5, 10, 10, 15, 20].map((at) => ({ goroutine: 1, type: "log", text: "", at }) as const);
  const { first, last, at } = axis(traceOf(events), { ...span, from: 5, to: 10 });
  expect([first, last]).toEqual([1, 4]);
  expect([at(-1), at(0), at(4), at(6)]).toEqual([100, 100, 900, 900]);
});

test("a trace without events has an axis", () => {
  const { at, first, last } = axis(traceOf([]), span);
  expect([first, last, at(-1), at(0)]).toEqual([0, 0, 100, 900]);
});

test("events that are about nothing shown hardly take room", () => {
  const events = [1, 2, 2, 2, 1].map((goroutine) => ({ goroutine, type: "log", text: "" }) as const);
  const { at } = axis(traceOf(events), { ...span, concerns: ({ goroutine }) => goroutine === 1 });
  expect(at(3) - at(0)).toBeLessThan(at(4) - at(3));
});

test.each([1, 2, 3, 4, 5, 6])("places never go back and stay inside, and labels do not overlap (seed %d)", (seed) => {
  const trace = jumble(seed, 400);
  const { at, ticks } = axis(trace, span);
  for (let i = 0; i <= trace.events.length; i++) {
    expect(at(i)).toBeGreaterThanOrEqual(i === 0 ? 100 : at(i - 1) - 1e-9);
    expect(at(i)).toBeLessThanOrEqual(900 + 1e-9);
  }
  for (const [i, tick] of ticks.entries()) if (i > 0) expect(tick.x - (ticks[i - 1]?.x ?? 0)).toBeGreaterThan(30);
});
