// The ends of runPool: every way in which a run, a job or a reader can end, against every other, in both orders and at once.

import { describe, expect, test } from "@jest/globals";
import {
  Channel,
  context,
  type Context,
  go,
  type JobOutcome,
  PanicError,
  receive,
  type RunPoolOptions,
  runPool,
  type RunReport,
  select,
  send,
  time,
  WorkerPool,
} from "goro";
import { bubble, waitUntilBlocked } from "goro/testing";
import { Prng } from "../../src/util/prng.ts";
import { children, inBubble } from "../support/contexts.ts";

const background = context.background();
const enough = new Error("enough");

/** A run whose ends are in the hands of the test. */
class Stage {
  readonly jobs = new Channel<number>(9);
  readonly results = new Channel<JobOutcome<number, number>>();
  readonly ctx: Context;
  readonly cancel: (cause: Error) => void;
  readonly functions: (() => void)[] = [];
  readonly read: JobOutcome<number, number>[] = [];
  readonly workers: number[] = [];
  called = 0;
  isReading = true;
  isClosedByOther = false;
  readonly reading: Promise<void>;
  readonly ended: Promise<RunReport<number, number> | PanicError>;
  readonly #gate = new Channel<never>();

  constructor(options: RunPoolOptions<number, number>) {
    [this.ctx, this.cancel] = context.withCancelCause(background);
    const f = async (_ctx: Context, job: number): Promise<number> => {
      this.called++;
      const returns = new Channel<never>();
      this.functions.push(() => returns.close());
      await returns.receive();
      if (job === 2) throw new Error("two fails");
      return job;
    };
    this.reading = this.#read();
    this.ended = runPool(this.ctx, this.jobs, this.results, f, {
      workers: 2,
      gracePeriod: 100,
      ...options,
      onWorkerStart: (worker) => this.workers.push(worker),
      onWorkerStop: (worker) => this.workers.push(-worker),
    }).catch((error: unknown) => error as PanicError);
  }

  async #read(): Promise<void> {
    // It pauses after each outcome, and stops when it is signaled.
    for (;;) {
      if (!this.isReading) await this.#gate.receive();
      const { value, ok } = await this.results.receive();
      if (!ok) return;
      this.read.push(value);
      await time.sleep(3);
    }
  }

  /** Lets all functions return that have been called, and the reader see the end. */
  async clean(): Promise<void> {
    this.isReading = true;
    this.#gate.close();
    for (const returns of this.functions.splice(0)) returns();
    await this.reading;
  }
}

const events: Readonly<Record<string, (stage: Stage) => void>> = {
  "the context ends": (stage) => stage.cancel(enough),
  "the jobs are closed": (stage) => stage.jobs.close(),
  "other code closes the results": (stage) => {
    try {
      stage.results.close();
      stage.isClosedByOther = true;
    } catch (error) {
      // The run was over before.
      expect(error).toBeInstanceOf(PanicError);
    }
  },
  "the first function returns": (stage) => stage.functions.splice(0, 1)[0]?.(),
  "all functions return": (stage) => {
    for (const returns of stage.functions.splice(0)) returns();
  },
  "the reader stops": (stage) => (stage.isReading = false),
  "more jobs come": (stage) => {
    try {
      for (const job of [4, 5]) stage.jobs.trySend(job);
    } catch (error) {
      expect(error).toBeInstanceOf(PanicError);
    }
  },
};

const names = Object.keys(events);
const pairs = names.flatMap((first) =>
  names.filter((name) => name !== first).map((second) => [first, second] as const),
);
const gaps = [0, 5, 60, 150];

describe.each<RunPoolOptions<number, number>>([
  {},
  { timeout: 20 },
  { timeout: 20, stopOnError: true },
  { gracePeriod: 0 },
])("with %j", (options) => {
  test.each(pairs)("%s, then %s: the run ends once, with each outcome read or reported", async (first, second) => {
    for (const gap of gaps) {
      for (const before of [0, 10]) {
        const seed = gaps.indexOf(gap) * 10 + before;
        await bubble(() => play(options, first, second, gap, before), { seed }).catch((error: unknown) => {
          throw new Error(`${gap} ms apart, after ${before} ms, with seed ${seed}`, { cause: error });
        });
      }
    }
  });
});

async function play(
  options: RunPoolOptions<number, number>,
  first: string,
  second: string,
  gap: number,
  before: number,
): Promise<void> {
  const stage = new Stage(options);
  for (const job of [1, 2, 3]) await stage.jobs.send(job);
  await time.sleep(before);
  events[first]?.(stage);
  if (gap > 0) await time.sleep(gap);
  events[second]?.(stage);
  await time.sleep(1000);
  // Whatever has happened, these two end the run; the functions do not return.
  const isJobsOpen = stage.jobs.tryReceive()?.ok !== false;
  const start = time.now();
  stage.cancel(enough);
  if (isJobsOpen) while (stage.jobs.tryReceive()?.ok === true);
  const ended = await stage.ended;
  expect(time.since(start)).toBeLessThanOrEqual((options.gracePeriod ?? 100) + 100);

  const starts = stage.workers.filter((worker) => worker > 0).sort();
  const stops = stage.workers.filter((worker) => worker < 0).map((worker) => -worker);
  expect(starts).toEqual([1, 2]);
  expect(stops.sort()).toEqual([1, 2]);
  expect(() => stage.results.close()).toThrow("close of closed channel");

  const { isReading } = stage;
  const { called } = stage;
  await stage.clean();
  await waitUntilBlocked();
  expect(stage.called).toBe(called);
  expect(children(stage.ctx)).toBe(0);
  if (ended instanceof Error) {
    expect(ended).toBeInstanceOf(PanicError);
    expect(ended.message).toBe("send on closed channel");
    expect(stage.isClosedByOther).toBe(true);
    return;
  }
  const outcomes = [...stage.read, ...ended.undelivered];
  const jobs = outcomes.map(({ job }) => job);
  expect(new Set(jobs).size).toBe(jobs.length);
  expect(jobs.length).toBeGreaterThanOrEqual(called);
  if (isReading && options.gracePeriod !== 0) expect(ended.undelivered).toEqual([]);
  const canceled = outcomes.filter(({ status, error }) => status === "canceled" && error === ended.cause);
  expect([...ended.unfinished].sort()).toEqual(canceled.map(({ job }) => job).sort());
  expect(ended.isCutShort).toBe(ended.cause !== undefined);
  expect(ended.isCutShort || outcomes.every(({ status }) => status !== "canceled")).toBe(true);
}

describe("a run whose job overruns its timeout while the jobs are closed", () => {
  test.each([1, 2, 3, 4, 5])("counts its worker out once, and delivers each outcome (seed %i)", (seed) =>
    inBubble(
      async () => {
        for (const count of [1, 2, 3]) {
          const jobs = new Channel<number>(count);
          for (let job = 1; job <= count; job++) jobs.trySend(job);
          jobs.close();
          const results = new Channel<JobOutcome<number, void>>();
          const f = async (_ctx: Context, job: number): Promise<void> => time.sleep(job === 1 ? 60 : 5);
          const run = runPool(background, jobs, results, f, { workers: count, timeout: 20, gracePeriod: 100 });
          // The function has returned long before the reader comes.
          await time.sleep(500);
          const read: number[] = [];
          for await (const { job, status } of results) {
            expect(status).toBe(job === 1 ? "failed" : "done");
            read.push(job);
            await time.sleep(200);
          }
          expect(read.sort()).toEqual([1, 2, 3].slice(0, count));
          expect(await run).toEqual({
            isCutShort: false,
            cause: undefined,
            unfinished: [],
            abandoned: 0,
            undelivered: [],
          });
        }
      },
      { seed },
    ),
  );

  test("leaves the jobs behind functions that never return, and says so", () =>
    bubble(async () => {
      const jobs = new Channel<number>(3);
      for (const job of [1, 2, 3]) jobs.trySend(job);
      jobs.close();
      const results = new Channel<JobOutcome<number, unknown>>(3);
      const never = new Channel<never>();
      const start = time.now();
      const report = await runPool(background, jobs, results, () => never.receive(), {
        workers: 1,
        timeout: 20,
        gracePeriod: 100,
      });
      expect(time.since(start)).toBe(120);
      expect(report).toMatchObject({ isCutShort: true, unfinished: [], abandoned: 1, undelivered: [] });
      expect(report.cause?.message).toBe("runPool: abandoned jobs did not return within the grace period");
      expect(jobs.length).toBe(2);
      never.close();
    }));

  test("ends when the jobs are closed after all functions have been abandoned", () =>
    bubble(async () => {
      const jobs = new Channel<number>(2);
      for (const job of [1, 2]) jobs.trySend(job);
      const results = new Channel<JobOutcome<number, unknown>>(3);
      const never = new Channel<never>();
      const run = runPool(background, jobs, results, () => never.receive(), {
        workers: 2,
        timeout: 20,
        gracePeriod: 100,
      });
      await time.sleep(1000);
      jobs.close();
      const start = time.now();
      expect(await run).toMatchObject({ isCutShort: false, unfinished: [], abandoned: 2 });
      expect(time.since(start)).toBe(100);
      never.close();
    }));
});

describe("the reader of a run that is cut short", () => {
  async function cutShort(pause: number, stopAfter: number): Promise<[RunReport<number, number>, number[]]> {
    const [ctx, cancel] = context.withCancelCause(background);
    const jobs = new Channel<number>(20);
    for (let job = 1; job <= 20; job++) jobs.trySend(job);
    const results = new Channel<JobOutcome<number, number>>();
    const run = runPool(
      ctx,
      jobs,
      results,
      (own, job) =>
        own
          .done()
          .receive()
          .then(() => job),
      {
        workers: 10,
        gracePeriod: 100,
      },
    );
    await waitUntilBlocked();
    cancel(enough);
    const read: number[] = [];
    for (let i = 0; i < stopAfter; i++) {
      await time.sleep(pause);
      const { value, ok } = await results.receive();
      if (!ok) break;
      read.push(value.job);
    }
    const report = await run;
    expect(jobs.length).toBe(10);
    return [report, read];
  }

  test("gets all outcomes if it is busy for less than the grace over each", () =>
    inBubble(async () => {
      const [report, read] = await cutShort(99, 20);
      expect(read.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      expect(report).toMatchObject({ isCutShort: true, cause: enough, undelivered: [], abandoned: 0 });
      expect(report.unfinished).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    }));

  test.each([0, 1, 4])("that vanishes after %i outcomes leaves the others to the report", (stopAfter) =>
    inBubble(async () => {
      const [report, read] = await cutShort(10, stopAfter);
      expect(read).toHaveLength(stopAfter);
      expect(report.undelivered).toHaveLength(10 - stopAfter);
      const all = [...read, ...report.undelivered.map(({ job }) => job)];
      expect(all.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    }),
  );
});

describe("results that other code closes", () => {
  test.each(["before the run", "while a job is at work", "while an outcome waits", "while all workers wait for jobs"])(
    "%s cut the run short with the panic, and it settles",
    (when) =>
      inBubble(async () => {
        const jobs = new Channel<number>();
        const results = new Channel<JobOutcome<number, void>>();
        if (when === "before the run") results.close();
        const run = runPool(background, jobs, results, async () => time.sleep(50), { workers: 2, gracePeriod: 100 });
        if (when.includes("job is") || when.includes("outcome")) await jobs.send(1);
        await time.sleep(when.includes("outcome") ? 60 : 10);
        if (when !== "before the run") results.close();
        const start = time.now();
        const error = await run.catch((error: unknown) => error);
        expect(error).toEqual(new PanicError("send on closed channel"));
        expect(time.since(start)).toBeLessThanOrEqual(100);
      }),
  );

  test("do not wait longer than the grace for functions that do not return", () =>
    bubble(async () => {
      const jobs = new Channel<number>(1);
      const results = new Channel<JobOutcome<number, unknown>>();
      const never = new Channel<never>();
      jobs.trySend(1);
      const run = runPool(background, jobs, results, () => never.receive(), { workers: 2, gracePeriod: 100 });
      await waitUntilBlocked();
      const start = time.now();
      results.close();
      await expect(run).rejects.toEqual(new PanicError("send on closed channel"));
      expect(time.since(start)).toBe(100);
      never.close();
    }));
});

test("a canceled run in a goroutine does not panic", () =>
  inBubble(async () => {
    const [ctx, cancel] = context.withCancel(background);
    const results = new Channel<JobOutcome<number, number>>();
    go(async () => runPool(ctx, new Channel<number>(), results, (_ctx, n: number) => n));
    await time.sleep(1);
    cancel();
    for await (const _ of results) throw new Error("unexpected job");
  }));

test.each([1, 2, 3, 4, 5])("each outcome of many runs in a row on one channel is reported once (seed %i)", (seed) =>
  inBubble(
    async () => {
      const chance = new Prng(seed);
      const jobs = new Channel<number>(chance.randomInt(3));
      const [all, stop] = context.withCancel(background);
      let sent = 0;
      go(async () => {
        for (; sent < 200; sent++) {
          const s = await select({ sent: send(jobs, sent), over: receive(time.after(100)) });
          if (s.case === "over") break;
          await time.sleep(sent % 2);
        }
        stop();
      });
      while (all.err() === undefined) {
        const [ctx, cancel] = context.withTimeout(all, 1 + chance.randomInt(20));
        const results = new Channel<JobOutcome<number, number>>(chance.randomInt(2));
        const reading = (async () => {
          let count = 0;
          for await (const _ of results) {
            count++;
            await time.sleep(chance.randomInt(3));
          }
          return count;
        })();
        let received = 0;
        const { undelivered } = await runPool(ctx, jobs, results, async (own, n) => work(own, n), {
          workers: 3,
          gracePeriod: 10,
          onEvent: ({ type }) => {
            if (type === "ended") received++;
          },
        });
        expect((await reading) + undelivered.length).toBe(received);
        cancel();
      }
    },
    { seed },
  ),
);

async function work(ctx: Context, n: number): Promise<number> {
  await select({ worked: receive(time.after(n % 5)), done: receive(ctx.done()) });
  return n;
}

test("a pool whose accepted jobs are canceled in every way gives each one outcome, in both orders", () =>
  inBubble(async () => {
    const variants = ["task", "context", "pool", "timeout", "return"] as const;
    for (const first of variants) {
      for (const second of variants) {
        for (const gap of [0, 1]) {
          const [poolCtx, cancelPool] = context.withCancelCause(background);
          const [own, cancelOwn] = context.withCancelCause(background);
          const ended: string[] = [];
          const gate = new Channel<never>();
          const pool = new WorkerPool<number, number>(
            async (_ctx, job) => {
              await gate.receive();
              return job;
            },
            {
              workers: 1,
              queueSize: 5,
              ctx: poolCtx,
              gracePeriod: 10,
              onEvent: (e) => e.type === "ended" && ended.push(e.type),
            },
          );
          const tasks = [await pool.submit(1, { ctx: own }), await pool.submit(2, { ctx: own })];
          await waitUntilBlocked();
          const act = { task: () => tasks[0]?.cancel(enough), context: () => cancelOwn(enough) };
          const does = (way: (typeof variants)[number]): void => {
            if (way === "pool") cancelPool(enough);
            else if (way === "return" && !closed) gate.close();
            else if (way === "task" || way === "context") act[way]();
            if (way === "return") closed = true;
          };
          let closed = false;
          does(first);
          if (gap > 0) await waitUntilBlocked();
          does(second);
          const [stop, cancelStop] = context.withTimeout(background, 5);
          await pool.stop(stop);
          cancelStop();
          expect(ended).toHaveLength(2);
          for (const { outcome } of tasks)
            expect(outcome?.status === "done" || outcome?.status === "canceled").toBe(true);
          if (!closed) gate.close();
          cancelPool(enough);
          cancelOwn(enough);
          await waitUntilBlocked();
          expect(pool.stats()).toMatchObject({ running: 0, abandoned: 0, queued: 0, waiting: 0 });
        }
      }
    }
  }));
