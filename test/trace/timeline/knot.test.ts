import { describe, expect, test } from "@jest/globals";
import { type WaitsAtTheEnd, waitsAtTheEnd } from "../../../src/trace/timeline/knot.ts";
import { jumble, traceOf } from "../../support/traces.ts";

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

function ends({ circle }: WaitsAtTheEnd): unknown[] {
  return circle.map(({ goroutine }) => goroutine);
}

test("whoever waits is there with what is needed, and whoever does not is not", () => {
  const { asleep, needs } = waitsAtTheEnd(
    traceOf([
      block(2, "chan send", 1),
      block(3, "chan receive", 2),
      { goroutine: 3, type: "unblock", wait: waits, by: 1 },
    ]),
  );
  expect(asleep.map(({ goroutine, state, since, needs: own }) => [goroutine, state, since, own])).toEqual([
    [2, "send", 0, [0]],
  ]);
  expect(needs).toEqual([
    { channel: 1, wanted: "receive", operation: "chan send", length: 0, waiting: [2], others: [], isRecorded: true },
  ]);
});

test("who could end a wait is who has used the other side and lives", () => {
  const events: Events = [
    ...handOver(1, 2, 7, 1),
    ...handOver(1, 3, 7, 2),
    { goroutine: 3, type: "end" },
    block(1, "chan send", 7),
  ];
  expect(waitsAtTheEnd(traceOf(events)).needs[0]?.others).toEqual([{ goroutine: 2, because: "did" }]);
});

test("those who wait for the same share one need", () => {
  const { needs, asleep } = waitsAtTheEnd(traceOf([2, 3, 4].map((who) => block(who, "chan send", 1))));
  expect(needs.map(({ waiting }) => waiting)).toEqual([[2, 3, 4]]);
  expect(asleep.map((one) => one.needs)).toEqual([[0], [0], [0]]);
});

describe("a circle", () => {
  test("of two, each of whom sends to the other", () => {
    const events: Events = [
      ...handOver(2, 3, 1, 1),
      ...handOver(3, 2, 2, 2),
      block(2, "chan send", 1),
      block(3, "chan send", 2),
    ];
    const waiting = waitsAtTheEnd(traceOf(events));
    expect(ends(waiting)).toEqual([2, 3]);
    expect(waiting.circle.map(({ need }) => waiting.needs[need]?.channel)).toEqual([1, 2]);
  });

  test("of one, who alone receives what he sends", () => {
    const events: Events = [
      { goroutine: 1, type: "send", channel: 1, value: 1, length: 1 },
      { goroutine: 1, type: "receive", channel: 1, value: 1, length: 0 },
      block(1, "chan send", 1),
    ];
    expect(ends(waitsAtTheEnd(traceOf(events)))).toEqual([1]);
  });

  test("of two channels that are used as locks, before anybody has unlocked one, is a guess", () => {
    const events: Events = [
      { goroutine: 2, type: "send", channel: 1, value: 1, length: 1 },
      { goroutine: 3, type: "send", channel: 2, value: 2, length: 1 },
      block(2, "chan send", 2),
      block(3, "chan send", 1),
    ];
    const channels = [1, 2].map((id) => ({ id, name: "", capacity: 1 }));
    const waiting = waitsAtTheEnd(traceOf(events, { channels }));
    expect(ends(waiting)).toEqual([2, 3]);
    expect(waiting.needs.map(({ others }) => others[0]?.because)).toEqual(["holds", "holds"]);
  });

  test("of a channel that is used as a lock leads to who holds it, not to all who have unlocked it before", () => {
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
    const waiting = waitsAtTheEnd(traceOf(events, { channels: [{ id: 1, name: "lock", capacity: 1 }] }));
    expect(waiting.needs[0]?.others).toEqual([{ goroutine: 3, because: "holds" }]);
  });

  test("is not seen in workers who fill one channel of results that nobody reads", () => {
    const events: Events = [
      { goroutine: 2, type: "send", channel: 1, value: 1, length: 1 },
      block(2, "chan send", 1),
      block(3, "chan send", 1),
    ];
    const waiting = waitsAtTheEnd(traceOf(events, { channels: [{ id: 1, name: "results", capacity: 1 }] }));
    expect(waiting.circle).toEqual([]);
    expect(waiting.needs[0]?.others).toEqual([]);
  });

  test("leads over a WaitGroup to whom the one who waits has started", () => {
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
    const waiting = waitsAtTheEnd(traceOf(events, { goroutines }));
    expect(ends(waiting)).toEqual([1, 2]);
    expect(waiting.needs.find(({ channel }) => channel === null)?.isRecorded).toBe(false);
  });

  test("is as short as it can be", () => {
    const events: Events = [
      ...handOver(2, 3, 1, 1),
      ...handOver(3, 4, 2, 2),
      ...handOver(4, 2, 3, 3),
      ...handOver(3, 2, 2, 4),
      block(2, "chan send", 1),
      block(3, "chan send", 2),
      block(4, "chan send", 3),
    ];
    expect(ends(waitsAtTheEnd(traceOf(events)))).toEqual([2, 3]);
  });
});

test("a select needs one of its cases, those that are off aside", () => {
  const cases = [
    { name: "a", operation: "receive", channel: 1 },
    { name: "b", operation: "send", channel: 2 },
    { name: "c", operation: "send", channel: null },
  ] as const;
  const { asleep, needs } = waitsAtTheEnd(
    traceOf([{ goroutine: 1, type: "block", wait: 1, operation: "select", cases }]),
  );
  expect(asleep[0]?.needs.map((need) => [needs[need]?.channel, needs[need]?.wanted])).toEqual([
    [1, "send"],
    [2, "receive"],
  ]);
});

test("nobody can do anything for a nil channel; who holds a lock is not recorded", () => {
  const { needs } = waitsAtTheEnd(traceOf([block(1, "chan send (nil chan)"), block(2, "sync.Mutex.Lock")]));
  expect(needs.map(({ others, isRecorded }) => [others.length, isRecorded])).toEqual([
    [0, true],
    [0, false],
  ]);
});

test.each([1, 2, 3, 4, 5, 6, 7, 8])("every link of a circle is one that the needs tell of (seed %d)", (seed) => {
  const { events, ...rest } = jumble(seed, 300);
  const living = events.filter(({ type }) => type !== "end" && type !== "unblock");
  const { asleep, needs, circle } = waitsAtTheEnd({ ...rest, events: living });
  for (const [i, { goroutine, need }] of circle.entries()) {
    const next = circle[(i + 1) % circle.length]?.goroutine;
    expect(asleep.find((one) => one.goroutine === goroutine)?.needs).toContain(need);
    expect(needs[need]?.others.map((other) => other.goroutine)).toContain(next);
  }
  expect(new Set(ends({ asleep, needs, circle })).size).toBe(circle.length);
});
