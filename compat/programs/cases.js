// The cases of every host, without a test runner.

import { Channel, context, fromEvents, go, gosched, receive, select, time, WorkerPool } from "goro";
import { pipeline } from "goro/pipeline";
import { bubble, now } from "goro/testing";
import { record, renderText, renderTimeline } from "goro/trace";
import { Channel as TheirChannel } from "uses-goro";

// Browsers, and workers without the compatibility of Node, have no AsyncLocalStorage, which bubbles need.
const hasBubbles = globalThis.process?.getBuiltinModule?.("async_hooks") !== undefined;

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

  async "goro/pipeline"() {
    const batches = pipeline([1, 2, 3, 4, 5])
      .map(async (_ctx, n) => n * 10, { concurrency: 2 })
      .filter((_ctx, n) => n !== 20)
      .batch({ size: 3 });
    const got = [];
    for await (const batch of batches) got.push(batch);
    same(got, [[10, 30, 40], [50]]);
  },

  async "goro/testing"() {
    const slept = bubble(async () => {
      const start = now();
      await time.sleep(time.hour);
      return now() - start;
    }).catch((error) => error.message);
    same(await slept, hasBubbles ? 3_600_000 : "bubble: the host has no AsyncLocalStorage, which bubbles need");
  },

  async "goro/trace"() {
    const recording = record({ values: true });
    const jobs = new Channel(0, { name: "jobs" });
    go(() => jobs.send("sweep"));
    await jobs.receive();
    const trace = recording.stop();
    same([/jobs/.test(renderText(trace)), /^<svg/.test(renderTimeline(trace))], [true, true]);
  },

  "one copy, also of a dependency"() {
    same([TheirChannel === Channel, globalThis[Symbol.for("goro.copies")].length], [true, 1]);
  },
};
