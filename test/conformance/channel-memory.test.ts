// Go's own tests of the memory that channels keep reachable, under their names in Go.

import { expect, test } from "@jest/globals";
import { Channel, context, go, receive, type ReceiveChannel, select, send, type SendChannel, time } from "goro";
import type { Context } from "goro";
import { heapInUse, isCollected } from "../support/memory.ts";

// The engine keeps the result of the current step of a loop alive, so the test steps through the loop by hand.
// R35
test.each<[string, (ch: Channel<object>) => () => Promise<boolean>]>([
  [
    "f1: a loop",
    (ch) => {
      const steps = ch[Symbol.asyncIterator]();
      return async () => (await steps.next()).done !== true;
    },
  ],
  ["f2: receives", (ch) => async () => (await ch.receive()).ok],
])("fixedbugs/issue15281.go %s: keeps no received value alive", async (_, make) => {
  const ch = new Channel<object>(10);
  const fill = (): WeakRef<object> => {
    const value = { bytes: new Uint8Array(1000) };
    ch.trySend(value);
    return new WeakRef(value);
  };
  const ref = fill();
  ch.close();
  const take = make(ch);
  expect(await isCollected(ref)).toBe(false);
  expect(await take()).toBe(true);
  expect(await isCollected(ref)).toBe(true);
  expect(await take()).toBe(false);
});

// R35, R48
test("typeparam/chans.go TestRanger: a send returns false after the receiver has been collected", async () => {
  interface Sender<T> {
    send(ctx: Context, value: T): Promise<boolean>;
  }

  class Receiver<T> {
    readonly #values: ReceiveChannel<T>;

    constructor(values: ReceiveChannel<T>) {
      this.#values = values;
    }

    async next(ctx: Context): Promise<T | undefined> {
      return (await select({ done: receive(ctx.done()), value: receive(this.#values) })).value;
    }
  }

  const finalizers = new FinalizationRegistry<SendChannel<void>>((done) => done.close());

  function ranger<T>(): [Sender<T>, Receiver<T>] {
    const [values, done] = [new Channel<T>(), new Channel<void>()];
    const receiver = new Receiver(values);
    finalizers.register(receiver, done);
    const sender: Sender<T> = {
      async send(ctx, value) {
        const s = await select({ ended: receive(ctx.done()), sent: send(values, value), done: receive(done) });
        return s.case === "sent";
      },
    };
    return [sender, receiver];
  }

  const ctx = context.background();
  const got: unknown[] = [];
  const start = (): Sender<number> => {
    const [s, r] = ranger<number>();
    go(async () => got.push(await r.next(ctx)));
    return s;
  };
  const s = start();
  expect(await s.send(ctx, 1)).toBe(true);
  const second = new Channel<boolean>(1);
  go(async () => second.send(await s.send(ctx, 2)));
  for (let tries = 0; second.length === 0 && tries < 100; tries++) {
    await heapInUse();
    await time.sleep(time.millisecond);
  }
  expect(second.tryReceive()).toEqual({ value: false, ok: true });
  expect(got).toEqual([1]);
});
