// Regression tests for faults of other libraries (ARCHITECTURE.md lists them): channels and select. Each test reproduces
// a symptom that users of those libraries reported; channel.test.ts and select.test.ts test the rules themselves.

import { describe, expect, test } from "@jest/globals";
import { Channel, gosched, receive, select, send } from "goro";
import { ignoreLeaks } from "goro/testing";
import { channelStateOf } from "../../src/channel/channel.ts";
import { seed } from "../../src/runtime/realm.ts";
import { capacities, countTurns, quiet, stateOf } from "../support/promises.ts";

/** Returns the number of waiters in the two queues of `ch`. */
function waiterCount<T>(ch: Channel<T>): number {
  const core = channelStateOf(ch);
  return core ? core.senders.count() + core.receivers.count() : NaN;
}

/** Returns the time that it takes to wake a receiver if `n` wait, in milliseconds. */
async function costOfWaking(n: number): Promise<number> {
  const ch = new Channel<number>();
  for (let i = 0; i < n; i++) void ch.receive();
  const start = performance.now();
  for (let i = 0; i < n; i++) ch.trySend(i);
  const cost = (performance.now() - start) / n;
  expect(waiterCount(ch)).toBe(0);
  await quiet();
  return cost;
}

test("waking one of 200,000 receivers costs the same as waking one of 20,000", async () => {
  // Other load on the machine can only slow a run down, so the fastest runs are compared, with up to 10 repetitions. A
  // search or a shift of the queue would make even the fastest runs differ by a factor of 10.
  let [few, many] = [Infinity, Infinity];
  for (let runs = 0; runs < 10 && !(many / few < 4); runs++) {
    few = Math.min(few, await costOfWaking(20_000));
    many = Math.min(many, await costOfWaking(200_000));
  }
  expect(many / few).toBeLessThan(4);
});

test("an operation that can complete immediately does not wait for the event loop", async () => {
  const turns = countTurns();
  const ch = new Channel<number>(1);
  for (let i = 0; i < 20_000; i++) {
    await ch.send(i);
    await ch.receive();
  }
  expect(turns()).toBeLessThan(40_000 / 10);
});

describe.each(capacities)("over channels of capacity %i", (capacity) => {
  test("two selects on the same channels each get a value, and none is lost", async () => {
    const [a, b] = [new Channel<string>(capacity), new Channel<string>(capacity)];
    const both = [select({ a: receive(a), b: receive(b) }), select({ a: receive(a), b: receive(b) })];
    b.trySend("to the first");
    a.trySend("to the second");
    expect(await Promise.all(both)).toEqual([
      { case: "b", value: "to the first", ok: true },
      { case: "a", value: "to the second", ok: true },
    ]);
    expect(waiterCount(a) + waiterCount(b)).toBe(0);
  });

  test("two selects that send to the same channels each send once", async () => {
    const [a, b] = [new Channel<number>(capacity), new Channel<number>(capacity)];
    while (a.trySend(0));
    while (b.trySend(0));
    const both = [select({ a: send(a, 1), b: send(b, 1) }), select({ a: send(a, 2), b: send(b, 2) })];
    const got = [a.tryReceive()?.value, b.tryReceive()?.value];
    expect(await Promise.all(both)).toEqual([{ case: "a" }, { case: "b" }]);
    expect(waiterCount(a) + waiterCount(b)).toBe(0);
    for (const ch of [a, b]) for (let r = ch.tryReceive(); r !== undefined; r = ch.tryReceive()) got.push(r.value);
    expect(got.filter((value) => value !== 0)).toEqual([1, 2]);
  });

  test("a select reports undefined and null as values, and not as a closed channel", async () => {
    for (const value of [undefined, null]) {
      const ch = new Channel<undefined | null>(capacity);
      const waiting = select({ it: receive(ch) });
      await ch.send(value);
      expect(await waiting).toEqual({ case: "it", value, ok: true });
      void ch.send(value);
      expect(await select({ it: receive(ch) })).toEqual({ case: "it", value, ok: true });
      ch.close();
      expect(await select({ it: receive(ch) })).toEqual({ case: "it", value: undefined, ok: false });
    }
  });

  test("closing a channel wakes all 1,000 selects that wait to receive from it", async () => {
    const [ch, other] = [new Channel<number>(capacity), new Channel<number>(capacity)];
    const selects = Array.from({ length: 1000 }, () => select({ ch: receive(ch), other: receive(other) }));
    ch.close();
    const results = await Promise.all(selects);
    expect(results).toEqual(results.map(() => ({ case: "ch", value: undefined, ok: false })));
    expect(waiterCount(other)).toBe(0);
  });

  test("closing a channel makes all 1,000 selects panic that wait to send to it", async () => {
    const [ch, other] = [new Channel<number>(capacity), new Channel<number>()];
    while (ch.trySend(0));
    const selects = Array.from({ length: 1000 }, (_, i) => select({ ch: send(ch, i), other: receive(other) }));
    ch.close();
    const panics = await Promise.all(selects.map((s) => s.catch((error: unknown) => (error as Error).message)));
    expect(panics).toEqual(panics.map(() => "send on closed channel"));
    expect(waiterCount(other)).toBe(0);
  });

  test("a select still receives the values that were in the buffer when the channel was closed", async () => {
    const ch = new Channel<number>(capacity);
    for (let i = 0; i < capacity; i++) ch.trySend(i);
    ch.close();
    for (let i = 0; i < capacity; i++) expect(await select([receive(ch)])).toEqual({ case: 0, value: i, ok: true });
    expect(await select([receive(ch)])).toEqual({ case: 0, value: undefined, ok: false });
  });

  test("a select that sends does not wait for a receiver while the buffer has room", async () => {
    ignoreLeaks();
    const ch = new Channel<number>(capacity);
    for (let i = 0; i < capacity; i++) expect(await select([send(ch, i)])).toEqual({ case: 0 });
    expect(await stateOf(select([send(ch, capacity)]))).toBe("pending");
  });

  test("awaiting a channel returns the channel, and receives nothing from it", async () => {
    const ch = new Channel<number>(capacity);
    const sending = ch.send(1);
    const make = async (): Promise<Channel<number>> => ch;
    expect((await make()) === ch).toBe(true);
    expect("then" in ch).toBe(false);
    expect(ch.tryReceive()).toEqual({ value: 1, ok: true });
    await sending;
  });

  test("a select that was served immediately leaves no waiter behind that would take a later value", async () => {
    const [a, b] = [new Channel<string>(capacity), new Channel<string>(capacity)];
    void a.send("ready");
    expect(await select({ a: receive(a), b: receive(b) })).toEqual({ case: "a", value: "ready", ok: true });
    expect(waiterCount(b)).toBe(0);
    void b.send("later");
    expect(await b.receive()).toEqual({ value: "later", ok: true });
  });

  test("more than 1,024 goroutines may wait, and are served in the order in which they queued", async () => {
    const n = 5000;
    const ch = new Channel<number>(capacity);
    const numbers = Array.from({ length: n }, (_, i) => i);
    const receiving = numbers.map(() => ch.receive());
    for (const i of numbers) ch.trySend(i);
    expect((await Promise.all(receiving)).map((r) => r.value)).toEqual(numbers);
    const sending = numbers.map((i) => ch.send(i));
    expect(waiterCount(ch)).toBe(n - capacity);
    expect(numbers.map(() => ch.tryReceive()?.value)).toEqual(numbers);
    await Promise.all(sending);
  });
});

test("return in a case exits the function, and continue starts the next iteration of the loop", async () => {
  const [jobs, done] = [new Channel<number>(4), new Channel<never>()];
  const worked: number[] = [];
  const worker = async (): Promise<string> => {
    for (;;) {
      const s = await select({ job: receive(jobs), done: receive(done) });
      switch (s.case) {
        case "job":
          if (!s.ok || s.value % 2) continue;
          worked.push(s.value);
          break;
        case "done":
          return "returned";
      }
      worked.push(-1);
    }
  };
  const working = worker();
  for (const job of [1, 2, 3, 4]) await jobs.send(job);
  await quiet();
  done.close();
  expect(await working).toBe("returned");
  expect(worked).toEqual([2, -1, 4, -1]);
});

test("a select prefers no case because of its position", async () => {
  seed(1);
  const rounds = 4000;
  const chs = Array.from({ length: 4 }, () => new Channel<number>(1));
  const counts = [0, 0, 0, 0];
  for (const ch of chs) ch.trySend(0);
  for (let round = 0; round < rounds; round++) {
    const s = await select(chs.map((ch) => receive(ch)));
    counts[s.case] = (counts[s.case] ?? 0) + 1;
    chs[s.case]?.trySend(0);
  }
  const sigma = Math.sqrt(rounds * (1 / 4) * (3 / 4));
  for (const count of counts) expect(Math.abs(count - rounds / 4)).toBeLessThan(8 * sigma);
});

test("a value goes to the receiver that queued first, whether it is a receive or a select", async () => {
  const [ch, other] = [new Channel<number>(), new Channel<number>()];
  const seen: string[] = [];
  const note = (receiver: string) => (r: { value: number | undefined }) => void seen.push(`${receiver} ${r.value}`);
  for (let i = 0; i < 5; i++) {
    void ch.receive().then(note(`receive ${i}:`));
    void select({ other: receive(other), ch: receive(ch) }).then(note(`select ${i}:`));
  }
  for (let i = 0; i < 10; i++) {
    ch.trySend(i);
    await gosched();
  }
  await quiet();
  expect(seen).toEqual(
    Array.from({ length: 10 }, (_, i) => `${i % 2 ? "select" : "receive"} ${Math.floor(i / 2)}: ${i}`),
  );
});
