// The context of a job: each job has one, it is made on first use, and it ends with the job.

import { describe, expect, test } from "@jest/globals";
import { Channel, context, type Context, type JobOutcome, runPool, time, WorkerPool } from "goro";
import { waitUntilBlocked } from "goro/testing";
import { PoolJob } from "../../src/pool/job.ts";
import { children, inBubble, isOver, Wrapper } from "../support/contexts.ts";

const { background, cause, withCancel, withCancelCause, withTimeout, withValue } = context;

type F<R> = (ctx: Context, job: number) => R | PromiseLike<R>;

/** The calls that run a job under `ctx`; each runs the jobs 1 and 2, one after the other. */
const doors: readonly (readonly [name: string, run: (ctx: Context, f: F<unknown>) => Promise<void>])[] = [
  [
    "send",
    async (ctx, f) => {
      const pool = new WorkerPool<number, unknown>(f, { workers: 1, ctx });
      for (const job of [1, 2]) await pool.send(job).catch(() => undefined);
      await pool.stop();
    },
  ],
  [
    "submit",
    async (ctx, f) => {
      const pool = new WorkerPool<number, unknown>(f, { workers: 1 });
      for (const job of [1, 2]) await pool.submit(job, { ctx }).catch(() => undefined);
      await pool.stop();
    },
  ],
  [
    "map",
    async (ctx, f) => {
      const pool = new WorkerPool<number, unknown>(f, { workers: 1 });
      await using results = pool.map([1, 2], { ctx });
      while ((await results.next().catch(() => ({ done: true }))).done !== true);
      await pool.stop();
    },
  ],
  [
    "runPool",
    async (ctx, f) => {
      const jobs = new Channel<number>(2);
      for (const job of [1, 2]) jobs.trySend(job);
      jobs.close();
      await runPool(ctx, jobs, new Channel<JobOutcome<number, unknown>>(2), f, { workers: 1 });
    },
  ],
];

describe.each(doors)("a job that came by %s", (_name, run) => {
  test("has a signal of its own, which aborts when the job has ended, so that listeners do not pile up", () =>
    inBubble(async () => {
      const [ctx, cancel] = withCancel(background());
      const signals: AbortSignal[] = [];
      let aborted = 0;
      await run(ctx, (own) => {
        expect(signals.at(-1)?.aborted).not.toBe(false);
        signals.push(own.signal);
        own.signal.addEventListener("abort", () => aborted++);
        expect(own.signal).toBe(own.signal);
        expect(own.signal.aborted).toBe(false);
      });
      expect(new Set(signals).size).toBe(2);
      expect(signals.every((signal) => signal.aborted)).toBe(true);
      expect(aborted).toBe(2);
      expect(signals).not.toContain(ctx.signal);
      expect(children(ctx)).toBe(0);
      cancel();
    }));

  test("is canceled with the context above in every way that can be observed, with the cause", () =>
    inBubble(async () => {
      const why = new Error("why");
      const [ctx, cancel] = withCancelCause(background());
      const seen: unknown[] = [];
      time.afterFunc(5, () => cancel(why));
      await run(ctx, async (own) => {
        const [below] = withTimeout(own, time.hour);
        own.signal.addEventListener("abort", () => seen.push(own.signal.reason));
        await own.done().receive();
        seen.push(cause(own), own.err() instanceof context.Canceled, cause(below), isOver(below));
        throw new Error("no");
      });
      await waitUntilBlocked();
      expect(seen).toEqual([why, why, true, why, true]);
      expect(children(ctx)).toBe(0);
    }));

  test("has the values and the deadline of the context above, and one below it ends with the job", () =>
    inBubble(async () => {
      const user = context.key<string>("user");
      const [ctx, cancel] = withTimeout(withValue(background(), user, "ada"), time.hour);
      const below: Context[] = [];
      await run(ctx, (own) => {
        expect([own.value(user), own.deadline()]).toEqual(["ada", ctx.deadline()]);
        expect(JSON.stringify({ own })).toContain("WithJob");
        below.push(withCancel(own)[0]);
      });
      expect(below.map(isOver)).toEqual([true, true]);
      cancel();
    }));
});

describe("the context of a job", () => {
  const listener = { onOutcome: (): void => undefined };
  const made = (parent: Context): PoolJob<number, number> => new PoolJob(1, parent, {}, null, listener, 0, 1);
  const end = (ctx: PoolJob<number, number>, error: Error): void => {
    ctx.outcome ??= { status: "canceled", job: 1, attempts: 0, error };
    ctx.end();
  };

  test.each([true, false])("has the error and the cause of the first cancellation (read before: %p)", (isAsked) => {
    for (const which of ["own", "parent"] as const) {
      const [parent, cancel] = withCancelCause(background());
      const ctx = made(parent);
      if (isAsked) ctx.done();
      const first = new Error(which);
      const second = new Error("second");
      if (which === "own") end(ctx, first);
      cancel(which === "own" ? second : first);
      end(ctx, second);
      expect(ctx.err()).toBeInstanceOf(context.Canceled);
      expect([cause(ctx), ctx.cause, ctx.signal.reason]).toEqual([first, first, first]);
      expect([isOver(ctx), ctx.signal.aborted, children(parent)]).toEqual([true, true, 0]);
    }
  });

  test("may be below a context of the user's own", () =>
    inBubble(async () => {
      const [parent, cancel] = withCancelCause(background());
      const ctx = made(new Wrapper(parent));
      const early = made(new Wrapper(parent));
      ctx.done();
      cancel(new Error("why"));
      await waitUntilBlocked();
      expect([ctx, early].map((each) => [isOver(each), cause(each)?.message])).toEqual([
        [true, "why"],
        [true, "why"],
      ]);
    }));

  test("has the earlier of two deadlines, the timeout's or that above, and passes it on", () =>
    inBubble(async () => {
      const seen: (number | undefined)[] = [];
      const start = time.now();
      const pool = new WorkerPool<number, void>(
        (ctx) => {
          const at = ctx.deadline();
          seen.push(at === undefined ? undefined : at - start);
          const [canceled, cancel] = withCancel(ctx);
          const [late, endLate] = withTimeout(ctx, 1000);
          expect([canceled, late, withValue(ctx, "key", 1)].map((below) => below.deadline())).toEqual([at, at, at]);
          cancel();
          endLate();
        },
        { workers: 1, timeout: 100 },
      );
      const [short, endShort] = withTimeout(background(), 50);
      const [long, endLong] = withTimeout(background(), 500);
      for (const ctx of [undefined, short, long]) await (await pool.submit(1, { ctx })).result;
      expect(seen).toEqual([100, 50, 100]);
      endShort();
      endLong();
      await pool.stop();
    }));
});
