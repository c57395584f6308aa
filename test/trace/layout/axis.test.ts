import { describe, expect, test } from "@jest/globals";
import { eventAxis } from "../../../src/trace/layout/axis.ts";
import { jumble, traceOf } from "../../support/traces.ts";

const span = { left: 100, right: 900 };

describe("the order of events", () => {
  const trace = traceOf([
    { goroutine: 1, type: "log", text: "a" },
    { goroutine: 1, type: "log", text: "b" },
    { goroutine: 1, type: "log", text: "c" },
    { goroutine: 1, type: "log", text: "d", at: 50 },
  ]);

  test("advances the axis by a step each, even at one instant", () => {
    const { at, kind } = eventAxis(trace, span);
    expect(kind).toBe("order");
    expect(at(1) - at(0)).toBeGreaterThan(10);
    expect(at(2) - at(1)).toBeCloseTo(at(1) - at(0));
  });

  test("has gaps where time passes, with their lengths", () => {
    const { at, gaps, ticks } = eventAxis(trace, span);
    expect(at(3) - at(2)).toBeGreaterThan(at(2) - at(1) + 9);
    expect(gaps.map(({ ms }) => ms)).toEqual([50]);
    expect(ticks.map(({ label }) => label)).toEqual(["0 ms", "50 ms"]);
  });

  test("has gaps that grow with the square root of the time: a hundred times as long is ten times as wide", () => {
    const two = traceOf([
      { goroutine: 1, type: "log", text: "a" },
      { goroutine: 1, type: "log", text: "b", at: 100 },
      { goroutine: 1, type: "log", text: "c", at: 10_100 },
    ]);
    const widths = eventAxis(two, { left: 0, right: 10_000 }).gaps.map(({ from, to }) => to - from);
    expect((widths[1] as number) / (widths[0] as number)).toBeCloseTo(10);
  });

  test("places the send and the receive of an unbuffered value together, but not those of a buffered one", () => {
    const direct = traceOf([
      { goroutine: 1, type: "send", channel: 1, value: 1, length: 0, to: 2 },
      { goroutine: 2, type: "receive", channel: 1, value: 1, length: 0, from: 1 },
      { goroutine: 2, type: "unblock", wait: 1, by: 1 },
    ]);
    const { at } = eventAxis(direct, span);
    expect([at(1), at(2)]).toEqual([at(0), at(0)]);
    const buffered = traceOf([
      { goroutine: 1, type: "send", channel: 1, value: 1, length: 1 },
      { goroutine: 1, type: "receive", channel: 1, value: 1, length: 0 },
    ]);
    const other = eventAxis(buffered, span);
    expect(other.at(1)).toBeGreaterThan(other.at(0));
  });

  test("leaves room at the end of a deadlock, where goroutines wait forever", () => {
    const events = [{ goroutine: 1, type: "block", wait: 1, operation: "chan send", channel: 1 }] as const;
    expect(900 - eventAxis(traceOf(events, { ending: "blocked" }), span).at(0)).toBeGreaterThan(
      900 - eventAxis(traceOf(events), span).at(0),
    );
  });
});

test("many events of a real clock are placed by their time", () => {
  const events = Array.from({ length: 2_000 }, (_, i) => ({ goroutine: 1, type: "log", text: "", at: i * i }) as const);
  const trace = traceOf(events, { clock: "real" });
  const { kind, at, ticks } = eventAxis(trace, span);
  expect(kind).toBe("time");
  expect(at(1_000)).toBeCloseTo(100 + (800 * 1_000 ** 2) / 1_999 ** 2);
  expect(ticks.length).toBeGreaterThan(3);
  expect(eventAxis({ ...trace, clock: "virtual" }, span).kind).toBe("order");
});

test("a range has the events from its beginning to its end, both included; other events are at the ends of the axis", () => {
  const events = [0, 5, 10, 10, 15, 20].map((at) => ({ goroutine: 1, type: "log", text: "", at }) as const);
  const { first, last, at } = eventAxis(traceOf(events), { ...span, from: 5, to: 10 });
  expect([first, last]).toEqual([1, 4]);
  expect([at(-1), at(0), at(4), at(6)]).toEqual([100, 100, 900, 900]);
});

test("a trace without events has an axis", () => {
  const { at, first, last } = eventAxis(traceOf([]), span);
  expect([first, last, at(-1), at(0)]).toEqual([0, 0, 100, 900]);
});

test("events that concern nothing shown take a tenth of a step", () => {
  const events = [1, 2, 2, 2, 1].map((goroutine) => ({ goroutine, type: "log", text: "" }) as const);
  const { at } = eventAxis(traceOf(events), { ...span, isRelevant: ({ goroutine }) => goroutine === 1 });
  expect(at(3) - at(0)).toBeLessThan(at(4) - at(3));
});

test.each([1, 2, 3, 4, 5, 6])(
  "positions never decrease and stay inside the axis, and labels do not overlap (seed %d)",
  (seed) => {
    const trace = jumble(seed, 400);
    const { at, ticks } = eventAxis(trace, span);
    for (let i = 0; i <= trace.events.length; i++) {
      expect(at(i)).toBeGreaterThanOrEqual(i === 0 ? 100 : at(i - 1) - 1e-9);
      expect(at(i)).toBeLessThanOrEqual(900 + 1e-9);
    }
    for (const [i, tick] of ticks.entries()) if (i > 0) expect(tick.x - (ticks[i - 1]?.x ?? 0)).toBeGreaterThan(30);
  },
);
