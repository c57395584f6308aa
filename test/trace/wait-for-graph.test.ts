import { describe, expect, test } from "@jest/globals";
import { type WaitForGraph, waitForGraph } from "../../src/trace/wait-for-graph.ts";
import { jumble, traceOf } from "../support/traces.ts";

let waits = 0;

type Events = Parameters<typeof traceOf>[0];

function handOver(from: number, to: number, channel: number, value: number): Events {
  return [
    { goroutine: from, type: "send", channel, value, length: 0, to },
    { goroutine: to, type: "receive", channel, value, length: 0, from },
  ];
}

function block(goroutine: number, operation: string, channel?: number): Events[number] {
  return { goroutine, type: "block", wait: ++waits, operation, ...(channel !== undefined && { channel }) };
}

function ends({ cycle }: WaitForGraph): unknown[] {
  return cycle.map(({ goroutine }) => goroutine);
}

test("a blocked goroutine is listed with its target, and one that was woken is not", () => {
  const { blocked, targets } = waitForGraph(
    traceOf([
      block(2, "chan send", 1),
      block(3, "chan receive", 2),
      { goroutine: 3, type: "unblock", wait: waits, by: 1 },
    ]),
  );
  expect(blocked.map(({ goroutine, state, blockEvent, targets }) => [goroutine, state, blockEvent, targets])).toEqual([
    [2, "send", 0, [0]],
  ]);
  expect(targets).toEqual([
    { channel: 1, needs: "receive", operation: "chan send", length: 0, waiting: [2], wakers: [], isRecorded: true },
  ]);
});

test("a wait can be ended by a goroutine that has used the other side and has not ended", () => {
  const events: Events = [
    ...handOver(1, 2, 7, 1),
    ...handOver(1, 3, 7, 2),
    { goroutine: 3, type: "end" },
    block(1, "chan send", 7),
  ];
  expect(waitForGraph(traceOf(events)).targets[0]?.wakers).toEqual([{ goroutine: 2, evidence: "past" }]);
});

test("goroutines that wait for the same share a target", () => {
  const { targets, blocked } = waitForGraph(traceOf([2, 3, 4].map((who) => block(who, "chan send", 1))));
  expect(targets.map(({ waiting }) => waiting)).toEqual([[2, 3, 4]]);
  expect(blocked.map((one) => one.targets)).toEqual([[0], [0], [0]]);
});

describe("a cycle", () => {
  test("of two goroutines that send to each other", () => {
    const events: Events = [
      ...handOver(2, 3, 1, 1),
      ...handOver(3, 2, 2, 2),
      block(2, "chan send", 1),
      block(3, "chan send", 2),
    ];
    const waiting = waitForGraph(traceOf(events));
    expect(ends(waiting)).toEqual([2, 3]);
    expect(waiting.cycle.map(({ target }) => waiting.targets[target]?.channel)).toEqual([1, 2]);
  });

  test("of one goroutine that sends to itself", () => {
    const events: Events = [
      { goroutine: 1, type: "send", channel: 1, value: 1, length: 1 },
      { goroutine: 1, type: "receive", channel: 1, value: 1, length: 0 },
      block(1, "chan send", 1),
    ];
    expect(ends(waitForGraph(traceOf(events)))).toEqual([1]);
  });

  test("of two channels used as locks, before the first unlock, is a guess", () => {
    const events: Events = [
      { goroutine: 2, type: "send", channel: 1, value: 1, length: 1 },
      { goroutine: 3, type: "send", channel: 2, value: 2, length: 1 },
      block(2, "chan send", 2),
      block(3, "chan send", 1),
    ];
    const channels = [1, 2].map((id) => ({ id, name: "", capacity: 1 }));
    const waiting = waitForGraph(traceOf(events, { channels }));
    expect(ends(waiting)).toEqual([2, 3]);
    expect(waiting.targets.map(({ wakers }) => wakers[0]?.evidence)).toEqual(["holder", "holder"]);
  });

  test("of a channel used as a lock leads to its holder, not to goroutines that unlocked it before", () => {
    const lock = (goroutine: number, value: number): Events => [
      { goroutine, type: "send", channel: 1, value, length: 1 },
      { goroutine, type: "receive", channel: 1, value, length: 0 },
    ];
    const events: Events = [
      ...lock(2, 1),
      ...lock(3, 2),
      ...lock(4, 3),
      ...lock(3, 4).slice(0, 1),
      block(2, "chan send", 1),
    ];
    const waiting = waitForGraph(traceOf(events, { channels: [{ id: 1, name: "lock", capacity: 1 }] }));
    expect(waiting.targets[0]?.wakers).toEqual([{ goroutine: 3, evidence: "holder" }]);
  });

  test("does not include workers that fill a channel of results", () => {
    const events: Events = [
      { goroutine: 2, type: "send", channel: 1, value: 1, length: 1 },
      block(2, "chan send", 1),
      block(3, "chan send", 1),
    ];
    const waiting = waitForGraph(traceOf(events, { channels: [{ id: 1, name: "results", capacity: 1 }] }));
    expect(waiting.cycle).toEqual([]);
    expect(waiting.targets[0]?.wakers).toEqual([]);
  });

  test("leads over a WaitGroup to the goroutines that the waiting one started", () => {
    const events: Events = [
      { goroutine: 1, type: "go", child: 2 },
      ...handOver(2, 1, 1, 1),
      block(2, "chan send", 1),
      block(1, "sync.WaitGroup.Wait"),
    ];
    const goroutines = [
      { id: 1, name: "main", parent: null },
      { id: 2, name: "", parent: 1 },
    ];
    const waiting = waitForGraph(traceOf(events, { goroutines }));
    expect(ends(waiting)).toEqual([1, 2]);
    expect(waiting.targets.find(({ channel }) => channel === null)?.isRecorded).toBe(false);
  });

  test("is the shortest one", () => {
    const events: Events = [
      ...handOver(2, 3, 1, 1),
      ...handOver(3, 4, 2, 2),
      ...handOver(4, 2, 3, 3),
      ...handOver(3, 2, 2, 4),
      block(2, "chan send", 1),
      block(3, "chan send", 2),
      block(4, "chan send", 3),
    ];
    expect(ends(waitForGraph(traceOf(events)))).toEqual([2, 3]);
  });
});

test("a select has a target for each enabled case", () => {
  const cases = [
    { name: "a", operation: "receive", channel: 1 },
    { name: "b", operation: "send", channel: 2 },
    { name: "c", operation: "send", channel: null },
  ] as const;
  const { blocked, targets } = waitForGraph(
    traceOf([{ goroutine: 1, type: "block", wait: 1, operation: "select", cases }]),
  );
  expect(blocked[0]?.targets.map((target) => [targets[target]?.channel, targets[target]?.needs])).toEqual([
    [1, "send"],
    [2, "receive"],
  ]);
});

test("no goroutine can end a wait at a nil channel, and the holder of a lock is not recorded", () => {
  const { targets } = waitForGraph(traceOf([block(1, "chan send (nil chan)"), block(2, "sync.Mutex.Lock")]));
  expect(targets.map(({ wakers, isRecorded }) => [wakers.length, isRecorded])).toEqual([
    [0, true],
    [0, false],
  ]);
});

test.each([1, 2, 3, 4, 5, 6, 7, 8])("every edge of a cycle leads to a potential waker (seed %d)", (seed) => {
  const { events, ...rest } = jumble(seed, 300);
  const living = events.filter(({ type }) => type !== "end" && type !== "unblock");
  const { blocked, targets, cycle } = waitForGraph({ ...rest, events: living });
  for (const [i, { goroutine, target }] of cycle.entries()) {
    const next = cycle[(i + 1) % cycle.length]?.goroutine;
    expect(blocked.find((one) => one.goroutine === goroutine)?.targets).toContain(target);
    expect(targets[target]?.wakers.map((other) => other.goroutine)).toContain(next);
  }
  expect(new Set(ends({ blocked, targets, cycle })).size).toBe(cycle.length);
});
