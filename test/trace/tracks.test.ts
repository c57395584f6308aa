// The states of a goroutine from event to event, where several of its waits overlap.

import { describe, expect, test } from "@jest/globals";
import type { Trace } from "goro/trace";
import { buildTracks } from "../../src/trace/tracks.ts";
import { traceOf } from "../support/traces.ts";

type Events = Parameters<typeof traceOf>[0];

function block(wait: number, operation: string): Events[number] {
  return { goroutine: null, type: "block", wait, operation };
}

function unblock(wait: number): Events[number] {
  return { goroutine: null, type: "unblock", wait, by: null };
}

/** The operations in which the unknown goroutines wait, one after the other; "" while they run. */
function operations(events: Events): string[] {
  return buildTracks(traceOf(events)).goroutines.flatMap(({ spans }) => spans.map(({ wait }) => wait?.operation ?? ""));
}

describe("of several waits at once", () => {
  const both = [block(1, "one"), block(2, "two")];

  test("the one that began last counts and, after it ended, the one before", () => {
    expect(operations([...both, unblock(2), unblock(1)])).toEqual(["one", "two", "one", ""]);
  });

  test("one that ended before the last does not count again", () => {
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

  test("the end of an unknown one changes nothing", () => {
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
    buildTracks(trace);
    return (performance.now() - start) / trace.events.length;
  };

  // Other load on the machine can only slow a run down, so the fastest of up to ten runs are compared. If each event scanned all open waits,
  // even those would be 20 times apart.
  let [few, many] = [Infinity, Infinity];
  for (let runs = 0; runs < 10 && !(many / few < 4); runs++) {
    few = Math.min(few, timeFor(short));
    many = Math.min(many, timeFor(long));
  }
  expect(many / few).toBeLessThan(4);
});
