// A channel or timer that is never ready does not retain its waiters.

import { expect, test } from "@jest/globals";
import { Channel, context, fromIterable, receive, type ReceiveChannel, select, time } from "goro";
import { ignoreLeaks } from "goro/testing";
import { areCollected, heapInUse } from "../support/memory.ts";

/** Channels that are never ready. They live as long as the program, or are created for each wait. */
const nevers: Readonly<Record<string, () => ReceiveChannel<unknown>>> = {
  "background().done()": () => context.background().done(),
  "todo().done()": () => context.todo().done(),
  "withoutCancel(ctx).done()": () => context.withoutCancel(context.background()).done(),
  "withValue(background()).done()": () => context.withValue(context.background(), "key", 1).done(),
  "after(Infinity)": () => time.after(Infinity),
  "a timer without end": () => new time.Timer(Infinity).c,
  "a ticker without end": () => new time.Ticker(Infinity).c,
};

test.each(Object.keys(nevers))("an abandoned wait for %s is collected: select, receive and loop", async (name) => {
  ignoreLeaks();
  const never = nevers[name] as () => ReceiveChannel<unknown>;
  const refs = (() => {
    const abandoned = new Channel<number>();
    const values = Array.from({ length: 3 }, () => ({}));
    void select({ done: receive(never()), job: receive(abandoned) }).then(() => values[0]);
    void never()
      .receive()
      .then(() => values[1]);
    void never()
      [Symbol.asyncIterator]()
      .next()
      .then(() => values[2]);
    return [abandoned, ...values].map((object) => new WeakRef<object>(object));
  })();
  expect(await areCollected(refs)).toEqual(refs.map(() => true));
});

test("an abandoned sleep without end and an abandoned context whose deadline never passes are collected", async () => {
  ignoreLeaks();
  const refs = (() => {
    const value = {};
    void time.sleep(Infinity).then(() => value);
    time.afterFunc(Infinity, () => value);
    const [ctx] = context.withTimeout(context.background(), Infinity);
    return [new WeakRef<object>(value), new WeakRef<object>(ctx)];
  })();
  expect(await areCollected(refs)).toEqual(refs.map(() => true));
});

/** Expects that `times` calls of `once` do not grow the heap. */
async function expectFlat(times: number, once: (i: number) => Promise<unknown>): Promise<void> {
  for (let i = 0; i < times / 10; i++) await once(i);
  const before = await heapInUse();
  for (let i = 0; i < times; i++) await once(i);
  // The smallest object that could be retained, a waiter, has more than 100 bytes.
  expect((await heapInUse()) - before).toBeLessThan(times * 4 + 1_000_000);
}

test("100,000 abandoned selects on background().done() and another abandoned channel leave nothing", async () => {
  ignoreLeaks();
  await expectFlat(100_000, async () => {
    void select({ done: receive(context.background().done()), job: receive(new Channel<number>()) });
    await Promise.resolve();
  });
});

test("abandoned pumps of iterables without a context leave nothing", async () => {
  ignoreLeaks();
  function* endless(): Generator<number[]> {
    for (;;) yield new Array<number>(100).fill(0);
  }
  await expectFlat(5_000, async () => {
    await fromIterable(endless()).receive();
  });
});
