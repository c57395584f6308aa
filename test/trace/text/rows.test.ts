import { describe, expect, test } from "@jest/globals";
import { Labels } from "../../../src/trace/text/labels.ts";
import { buildRows, describeRow, type RowOptions } from "../../../src/trace/text/rows.ts";
import { jumble, traceOf } from "../../support/traces.ts";

type Events = Parameters<typeof traceOf>[0];

const all = new Set([null, ...Array.from({ length: 31 }, (_, i) => i)]);

function sentences(events: Events, options?: RowOptions): string[] {
  const trace = traceOf(events, { channels: [{ id: 1, name: "jobs", capacity: 4 }] });
  const labels = new Labels(trace);
  return buildRows(trace, labels, all, options).map((row) => describeRow(row, labels));
}

describe("rows with details", () => {
  test("show each action, also if it is like the one before", () => {
    const send = (value: number): Events[number] => {
      return { goroutine: 1, type: "send", channel: 1, value, length: value, text: `${value}` };
    };
    expect(sentences([send(1), send(2), send(3)])).toEqual(["main sends 1 … 3 to jobs (3 of 4)"]);
    expect(sentences([send(1), send(2)], { isDetailed: true })).toEqual([
      "main sends 1 to jobs (1 of 4)",
      "main sends 2 to jobs (2 of 4)",
    ]);
  });

  test("show each wait, unless it ends at once", () => {
    const wait = (id: number): Events[number] => {
      return { goroutine: 1, type: "block", wait: id, operation: "chan receive", channel: 1 };
    };
    const end = (id: number): Events[number] => ({ goroutine: 1, type: "unblock", wait: id, by: 2 });
    const print: Events[number] = { goroutine: 2, type: "log", text: "a" };
    const events = [wait(1), print, end(1), wait(2), print, end(2), wait(3), end(3)];
    const waits = (options?: RowOptions): number =>
      sentences(events, options).filter((sentence) => sentence === "main waits to receive from jobs").length;
    expect(waits()).toBe(1);
    expect(waits({ isDetailed: true })).toBe(2);
  });

  test.each([1, 2, 3, 4])("are in the order of their events and do not overlap (seed %d)", (seed) => {
    const trace = jumble(seed, 500);
    const rows = buildRows(trace, new Labels(trace), all, { isDetailed: true });
    for (const [i, { first, last }] of rows.entries()) {
      expect(first).toBeGreaterThan(rows[i - 1]?.last ?? -1);
      expect(last).toBeGreaterThanOrEqual(first);
    }
  });
});
