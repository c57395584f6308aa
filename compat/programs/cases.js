// The cases of every host, without a test runner.

import { Channel, context, fromEvents, go, gosched, receive, select, time, WorkerPool } from "goro";
import { Channel as TheirChannel } from "uses-goro";

function same(actual, expected) {
  const [one, other] = [actual, expected].map((value) => JSON.stringify(value));
  if (one !== other) throw new Error(`expected ${other}, got ${one}`);
}

export const cases = {
  async "a pool, a select and a context"() {
    const pool = new WorkerPool(async (_ctx, n) => n * n, { workers: 2 });
    const squares = [];
    for await (const square of pool.map([1, 2, 3])) squares.push(square);
    await pool.stop();
    const [ctx, cancel] = context.withCancel(context.background());
    const ch = new Channel();
    go(() => ch.send("hello"));
    const s = await select({ word: receive(ch), done: receive(ctx.done()), late: receive(time.after(60_000)) });
    cancel();
    same([squares, s.case, s.value, ctx.err().message], [[1, 4, 9], "word", "hello", "context canceled"]);
  },

  async "timers and turns of the event loop"() {
    await gosched();
    const [ctx] = context.withTimeout(context.background(), 5);
    same((await ctx.done().receive()).ok, false);
    await time.sleep(1);
  },

  async "a signal of a context"() {
    const [ctx, cancel] = context.withCancel(context.background());
    const { signal } = ctx;
    let aborted = 0;
    signal.addEventListener("abort", () => {
      aborted++;
    });
    same(signal.aborted, false);
    cancel();
    same([signal.aborted, aborted], [true, 1]);
  },

  async "a context of a signal"() {
    const controller = new AbortController();
    const ctx = context.fromSignal(controller.signal);
    controller.abort();
    same((await ctx.done().receive()).ok, false);
  },

  async events() {
    const target = new EventTarget();
    const [ctx, cancel] = context.withCancel(context.background());
    const events = fromEvents(target, "ping", { ctx });
    target.dispatchEvent(new Event("ping"));
    same((await events.receive()).value.type, "ping");
    cancel();
  },

  "one copy, also of a dependency"() {
    same([TheirChannel === Channel, globalThis[Symbol.for("goro.copies")].length], [true, 1]);
  },
};
