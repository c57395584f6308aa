// What goroutines were like from event to event, where several waits of one go on at once.

import { describe, expect, test } from "@jest/globals";
import type { Trace } from "goro/trace";
import { lanes } from "../../src/trace/lanes.ts";
import { traceOf } from "../support/traces.ts";

type Events = Parameters<typeof traceOf>[0];

function block(wait: number, operation: string): Events[number] {
  return { goroutine: null, type: "block", wait, operation };
}

function unblock(wait: number): Events[number] {
  return { goroutine: null, type: "unblock", wait, by: null };
}

/** What those who are not known wait for, one after the other; "" while they run. */
function operations(events: Events): string[] {
  return lanes(traceOf(events)).goroutines.flatMap(({ spans }) => spans.map(({ operation }) => operation));
}

describe("of several waits at once", () => {
  const both = [block(1, "one"), block(2, "two")];

  test("the one that began last is told, and when it is over the one before", () => {
    expect(operations([...both, unblock(2), unblock(1)])).toEqual(["one", "two", "one", ""]);
  });

  test("one that is over before the last is never told again", () => {
    expect(operations([...both, block(3, "three"), unblock(2), unblock(3), unblock(1)])).toEqual([
      "one",
      "two",
      "three",
      "three",
      "one",
      "",
    ]);
  });

  test("one that begins again is the last", () => {
    expect(operations([...both, unblock(1), block(1, "again"), unblock(1)])).toEqual([
      "one",
      "two",
      "two",
      "again",
      "two",
    ]);
  });

  test("one that nobody has seen begin ends nothing", () => {
    expect(operations([block(1, "one"), unblock(7), unblock(1)])).toEqual(["one", "one", ""]);
  });
});

test("an event costs the same, whether 200 waits are open or 8,000", () => {
  const total = 16_000;

  /** As many waits, however many are open at once: each begins when the one `open` before it ends. */
  const traceWith = (open: number): Trace =>
    traceOf(
      Array.from({ length: total }, (_, i) => [block(i, "sleep"), ...(i < open ? [] : [unblock(i - open)])]).flat(),
    );
  const [short, long] = [traceWith(200), traceWith(8_000)];
  const timeFor = (trace: Trace): number => {
    const start = performance.now();
    lanes(trace);
    return (performance.now() - start) / trace.events.length;
  };

  // Whatever else the machine does can only make a run dearer: so the cheapest runs are compared, after some more if
  // need be. Were all that are open looked at, even those would be twenty times apart.
  let [few, many] = [Infinity, Infinity];
  for (let runs = 0; runs < 10 && !(many / few < 4); runs++) {
    few = Math.min(few, timeFor(short));
    many = Math.min(many, timeFor(long));
  }
  expect(many / few).toBeLessThan(4);
});
