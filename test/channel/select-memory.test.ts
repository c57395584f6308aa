import { describe, expect, test } from "@jest/globals";
import { Channel, context, promise, receive, type ReceiveChannel, select, send, time } from "goro";
import { ignoreLeaks } from "goro/testing";
import { channelStateOf } from "../../src/channel/channel.ts";
import type { ChannelState } from "../../src/channel/channel-state.ts";
import { promiseStateOf } from "../../src/channel/promise-state.ts";
import { realClock } from "../../src/runtime/timer.ts";
import { heapInUse, isCollected } from "../support/memory.ts";

function waiters(ch: ReceiveChannel<unknown>): number {
  const core = channelStateOf(ch) as ChannelState<unknown>;
  return core.senders.count() + core.receivers.count();
}

describe("selects that lose leave nothing behind", () => {
  /** Expects that `times` calls of `once` do not grow the heap. */
  async function expectFlat(times: number, once: (i: number) => Promise<unknown>): Promise<void> {
    for (let i = 0; i < times / 10; i++) await once(i);
    const before = await heapInUse();
    for (let i = 0; i < times; i++) await once(i);
    // The smallest object that could be retained, a waiter, has more than 100 bytes.
    expect((await heapInUse()) - before).toBeLessThan(times * 4 + 1_000_000);
  }

  // R56
  test("on a quiet channel, after a million selects that waited", async () => {
    const quiet = new Channel<number>();
    const busy = new Channel<number>();
    await expectFlat(1_000_000, (i) => {
      const s = select({ quiet: receive(quiet), busy: receive(busy) });
      busy.trySend(i);
      return s;
    });
    expect([waiters(quiet), waiters(busy)]).toEqual([0, 0]);
  });

  // R56
  test("on a quiet channel, after many selects that did not wait, and many whose sends lost", async () => {
    const quiet = new Channel<number>();
    const busy = new Channel<number>();
    await expectFlat(100_000, async (i) => {
      await select({ quiet: receive(quiet), busy: receive(busy), default: true });
      const s = select({ quiet: send(quiet, i), busy: send(busy, i) });
      busy.tryReceive();
      await s;
    });
    expect([waiters(quiet), waiters(busy)]).toEqual([0, 0]);
  });

  // R56
  test("on the done channel of a long-lived context", async () => {
    const [ctx, cancel] = context.withCancel(context.background());
    const jobs = new Channel<number>();
    await expectFlat(100_000, (i) => {
      const s = select({ done: receive(ctx.done()), job: receive(jobs) });
      jobs.trySend(i);
      return s;
    });
    expect(waiters(ctx.done())).toBe(0);
    const last = select({ done: receive(ctx.done()), job: receive(jobs) });
    cancel();
    expect((await last).case).toBe("done");
  });

  // R56
  test("on the clock, when a timeout lost", async () => {
    const set = realClock.size;
    const ch = new Channel<number>();
    const s = select({ timeout: receive(time.after(time.hour)), ch: receive(ch) });
    expect(realClock.size).toBe(set + 1);
    ch.trySend(1);
    expect(realClock.size).toBe(set);
    await s;
  });

  // R56
  test("of a value that was received by a case that is retained", async () => {
    const ch = new Channel<object>();
    const out = receive(ch);
    const ref = await (async () => {
      const value = {};
      const s = select([out]);
      ch.trySend(value);
      await s;
      return new WeakRef(value);
    })();
    const later = select([receive(ch), receive(ch)]);
    ch.trySend({});
    await later;
    expect(await isCollected(ref)).toBe(true);
    expect(await select({ out, default: true })).toStrictEqual({ case: "default" });
  });

  // R56
  test("of a value that was received, by the last operation that waited", async () => {
    const ref = await (async () => {
      const ch = new Channel<object>();
      const value = {};
      const s = select([receive(ch)]);
      ch.trySend(value);
      await s;
      return new WeakRef(value);
    })();
    expect(await isCollected(ref)).toBe(true);
  });

  // R56
  test.each([true, false])("on 100,000 channels that live, each with a select of its own: waited %p", async (waits) => {
    const selects = 100_000;
    const done = new Channel<never>();
    const chs = Array.from({ length: selects }, () => new Channel<number>(1));
    const once = async (i: number): Promise<void> => {
      const ch = chs[i] as Channel<number>;
      if (!waits) ch.trySend(i);
      const s = select({ own: receive(ch), done: receive(done) });
      if (waits) ch.trySend(i);
      await s;
    };
    // A value in the buffer of each, which allocates it.
    for (const ch of chs) {
      ch.trySend(1);
      ch.tryReceive();
    }
    for (let i = 0; i < 100; i++) await once(i);
    const before = await heapInUse();
    for (let i = 0; i < selects; i++) await once(i);
    // A case has more than 100 bytes.
    expect((await heapInUse()) - before).toBeLessThan(10 * selects);
    expect(waiters(done)).toBe(0);
  });

  // R35
  test("not even themselves, if their channels become unreachable while they wait", async () => {
    ignoreLeaks();
    const ref = (() => {
      const ch = new Channel<number>();
      void select({ ch: receive(ch), out: send(new Channel<number>(), 1) });
      return new WeakRef(ch);
    })();
    expect(await isCollected(ref)).toBe(true);
  });
});

// R57
test("the cost of leaving the queue of a quiet channel does not grow with the number of waiting selects", async () => {
  const total = 64_000;

  /** Returns the time to wake all selects in turn if they wait in `queues` queues. The heap is always the same. */
  const release = async (queues: number): Promise<number> => {
    const quiet = Array.from({ length: queues }, () => new Channel<number>());
    const chs = Array.from({ length: total }, () => new Channel<number>());
    const selects = chs.map((ch, i) => select([receive(quiet[i % queues] as Channel<number>), receive(ch)]));
    const start = performance.now();
    // Starts in the middle of the queues, which is far from both ends for a search.
    for (let i = 0; i < total; i++) (chs[(i + total / 2) % total] as Channel<number>).trySend(i);
    const took = performance.now() - start;
    expect(quiet.map(waiters)).toEqual(quiet.map(() => 0));
    await Promise.all(selects);
    return took;
  };

  let long = Infinity;
  let short = Infinity;
  for (let round = 0; round < 3; round++) {
    short = Math.min(short, await release(16));
    long = Math.min(long, await release(1));
  }
  // A search through a queue of 64,000 takes 16 times as long as through one of 4,000.
  expect(long / short).toBeLessThan(4);
});

describe("a promise that many selects wait for", () => {
  test("keeps nothing of 200,000 selects that were decided otherwise, and has one reaction", async () => {
    let reactions = 0;
    const pending = new Promise<never>(() => undefined);
    const { then } = pending;
    pending.then = ((...handlers: Parameters<typeof then>) => {
      reactions++;
      return then.apply(pending, handlers);
    }) as never;
    const jobs = new Channel<number>();
    const once = (i: number): Promise<unknown> => {
      const s = select({ closed: promise(pending), job: receive(jobs) });
      void jobs.send(i);
      return s;
    };
    for (let i = 0; i < 20_000; i++) await once(i);
    const before = await heapInUse();
    for (let i = 0; i < 200_000; i++) await once(i);
    expect((await heapInUse()) - before).toBeLessThan(1_000_000);
    expect([reactions, promiseStateOf("test", pending).receivers.count()]).toEqual([1, 0]);
  });

  test("does not stay in memory because of them", async () => {
    const ref = await (async () => {
      const pending = new Promise<never>(() => undefined);
      await select({ closed: promise(pending), late: receive(time.after(0)) });
      return new WeakRef(pending);
    })();
    expect(await isCollected(ref)).toBe(true);
  });
});
