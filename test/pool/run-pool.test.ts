// runPool: the pool as a function between two channels.

import { describe, expect, test } from "@jest/globals";
import {
  Channel,
  context,
  type Context,
  go,
  type JobOutcome,
  PanicError,
  type PoolFunc,
  RateLimiter,
  receive,
  type RunPoolOptions,
  runPool,
  type RunReport,
  select,
  send,
  time,
} from "goro";
import { bubble, now, waitUntilBlocked } from "goro/testing";
import { Prng } from "../../src/util/prng.ts";
import { children, inBubble } from "../support/contexts.ts";
import { capacities } from "../support/promises.ts";

/** A test in virtual time, in ten orders of goroutines. */
function everyOrder(name: string, f: (seed: number) => Promise<void>): void {
  test(name, async () => {
    for (let seed = 0; seed < 10; seed++) {
      await inBubble(() => f(seed), { seed }).catch((error: unknown) => {
        throw new Error(`with the seed ${seed}`, { cause: error });
      });
    }
  });
}

/** A channel that counts how often it is closed. */
class Results<R> extends Channel<JobOutcome<number, R>> {
  closed = 0;

  override close(): void {
    this.closed++;
    super.close();
  }
}

function numbers(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}

function filled(n: number, capacity: number = n): Channel<number> {
  const jobs = new Channel<number>(capacity);
  go(async () => {
    for (const i of numbers(n)) await jobs.send(i);
    jobs.close();
  });
  return jobs;
}

async function read<R>(results: Channel<JobOutcome<number, R>>): Promise<JobOutcome<number, R>[]> {
  const outcomes: JobOutcome<number, R>[] = [];
  for await (const outcome of results) outcomes.push(outcome);
  return outcomes;
}

/** Runs a pool with a reader, and returns why it was cut short, its report, what was read and how long it took. */
async function run<R>(
  ctx: Context,
  jobs: Channel<number>,
  f: PoolFunc<number, R>,
  options?: RunPoolOptions<number, R>,
  capacity: number = 0,
): Promise<{
  error: Error | undefined;
  report: RunReport<number, R>;
  outcomes: JobOutcome<number, R>[];
  ms: number;
}> {
  const start = time.now();
  const results = new Results<R>(capacity);
  const reading = read(results);
  const report = await runPool(ctx, jobs, results, f, options);
  const { cause: error, unfinished, undelivered } = report;
  const ms = time.since(start);
  const outcomes = await reading;
  expect(results.closed).toBe(1);
  expect(report.isCutShort).toBe(error !== undefined);
  expect(undelivered).toEqual([]);
  // Each job that was received and not finished has been reported, and read.
  const canceled = outcomes.filter((outcome) => outcome.status === "canceled" && outcome.error === error);
  expect(sorted(unfinished)).toEqual(sorted(jobsOf(canceled)));
  return { error, report, outcomes, ms };
}

/** Works for so long, unless the context ends first. */
async function work(ctx: Context, ms: number): Promise<void> {
  await select({ worked: receive(time.after(ms)), done: receive(ctx.done()) });
}

const background = context.background();
const jobsOf = (outcomes: readonly JobOutcome<number, unknown>[]): number[] => outcomes.map(({ job }) => job);
const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);

// R165, R166, R168, P3, P5, P10, P14, B12 to B16
describe.each(capacities)("with channels of capacity %i", (capacity) => {
  everyOrder("each job is done once and has one outcome, with never more at work than workers", async (seed) => {
    const chance = new Prng(seed * 100 + capacity);
    const workers = 1 + chance.randomInt(6);
    const size = chance.randomInt(60);
    let running = 0;
    let most = 0;
    const calls: number[] = [];
    const { error, outcomes } = await run(
      background,
      filled(size, capacity),
      async (_ctx, n) => {
        calls.push(n);
        most = Math.max(most, ++running);
        await time.sleep(10);
        running--;
        if (n % 3 === 1) throw new Error(`no ${n}`);
        return n * 2;
      },
      { workers },
      capacity,
    );
    expect(error).toBeUndefined();
    expect(sorted(calls)).toEqual(numbers(size));
    expect(sorted(jobsOf(outcomes))).toEqual(numbers(size));
    expect(most).toBe(Math.min(workers, size));
    for (const outcome of outcomes) {
      const { job } = outcome;
      expect(outcome).toEqual(
        job % 3 === 1
          ? { status: "failed", job, attempts: 1, error: new Error(`no ${job}`) }
          : { status: "done", job, attempts: 1, value: job * 2 },
      );
    }
  });

  everyOrder("all workers stop before the results are closed, and then it resolves", async () => {
    const log: string[] = [];
    const results = new Results<void>(capacity);
    const closed = results.close.bind(results);
    results.close = () => {
      log.push("close");
      closed();
    };
    const reading = read(results);
    await runPool(background, filled(20, capacity), results, async (_ctx, n) => time.sleep(n), {
      workers: 3,
      onWorkerStart: (worker) => log.push(`start ${worker}`),
      onWorkerStop: (worker) => log.push(`stop ${worker}`),
    });
    log.push("return");
    await reading;
    // R168, P15, P60
    expect(log.slice(0, 3).sort()).toEqual(["start 1", "start 2", "start 3"]);
    expect(log.slice(3, 6).sort()).toEqual(["stop 1", "stop 2", "stop 3"]);
    expect(log.slice(6)).toEqual(["close", "return"]);
    expect(results.closed).toBe(1);
  });

  // R169, B24, B37, P60
  everyOrder(
    "a worker that waits for a reader of its outcome is released by the cancellation of the context",
    async () => {
      const [ctx, cancel] = context.withCancelCause(background);
      const results = new Results<number>(capacity);
      const stopped: number[] = [];
      const running = runPool(ctx, filled(100), results, async (_ctx, n) => n, {
        workers: 3,
        onWorkerStop: (worker) => stopped.push(worker),
      });
      await waitUntilBlocked();
      expect(results.length).toBe(capacity);
      expect(stopped).toEqual([]);
      const start = time.now();
      cancel(new Error("enough"));
      const { cause, isCutShort, unfinished, undelivered } = await running;
      expect([cause, isCutShort, unfinished]).toEqual([new Error("enough"), true, []]);
      expect(undelivered).toHaveLength(3);
      expect(undelivered.every(({ status }) => status === "done")).toBe(true);
      expect(time.since(start)).toBe(1000);
      expect(sorted(stopped)).toEqual([1, 2, 3]);
      expect(results.closed).toBe(1);
      // What had been sent is still there.
      expect(await read(results)).toHaveLength(capacity);
      expect(children(ctx)).toBe(0);
    },
  );

  // R169, R170, R171
  everyOrder(
    "a run that is cut short anywhere reports the cause, keeps all earlier outcomes and leaves nothing",
    async (seed) => {
      const chance = new Prng(seed);
      const [ctx, cancel] = context.withCancelCause(background);
      const jobs = new Channel<number>(capacity);
      let sent = 0;
      go(async () => {
        for (; sent < 1000; sent++) {
          const s = await select({ sent: send(jobs, sent), done: receive(ctx.done()) });
          if (s.case === "done") return;
        }
      });
      time.afterFunc(chance.randomInt(100), () => cancel(new Error("enough")));
      const returned: number[] = [];
      const { error, outcomes } = await run(
        ctx,
        jobs,
        async (own, n) => {
          await work(own, 1 + chance.randomInt(10));
          if (own.err() === undefined) returned.push(n);
          return n;
        },
        { workers: 4 },
        capacity,
      );
      expect(error).toEqual(new Error("enough"));
      const done = outcomes.filter(({ status }) => status === "done");
      expect(sorted(jobsOf(done))).toEqual(sorted(returned));
      for (const { status, error } of outcomes) {
        if (status !== "done") expect([status, error]).toEqual(["canceled", new Error("enough")]);
      }
      expect(new Set(jobsOf(outcomes)).size).toBe(outcomes.length);
      await waitUntilBlocked();
      expect(children(ctx)).toBe(0);
    },
  );

  // R171, B19, B46
  everyOrder("the first error ends the run, which receives no more jobs", async () => {
    const jobs = new Channel<number>(capacity);
    const [sending, stopSending] = context.withCancel(background);
    let sent = 0;
    go(async () => {
      for (; sent < 200; sent++) {
        const s = await select({ sent: send(jobs, sent), done: receive(sending.done()) });
        if (s.case === "done") return;
      }
    });
    let calls = 0;
    const f = async (_ctx: Context, n: number): Promise<never> => {
      calls++;
      await time.sleep(n + 1);
      throw new Error(`no ${n}`);
    };
    const { error } = await run(background, jobs, f, { workers: 2, stopOnError: true }, capacity);
    expect(error).toEqual(new Error("no 0"));
    await waitUntilBlocked();
    expect(sent).toBe(2 + capacity);
    expect(jobs.length).toBe(capacity);
    expect(calls).toBe(2);
    stopSending();
  });
});

// R167, P1
everyOrder("a long job delays no other: a free worker takes the next", async () => {
  const jobs = new Channel<number>();
  go(async () => {
    await jobs.send(40);
    for (let n = 0; n < 60; n++) await jobs.send(1);
    jobs.close();
  });
  const taken = new Map<number, number[]>();
  const { ms } = await run(
    background,
    jobs,
    async (_ctx, n, worker) => {
      taken.set(worker, [...(taken.get(worker) ?? []), n]);
      await time.sleep(n);
    },
    { workers: 3 },
  );
  expect(ms).toBe(40);
  const shares = [...taken.values()];
  expect(shares.filter((share) => share.includes(40))).toEqual([[40]]);
  expect(sorted([...taken.keys()])).toEqual([1, 2, 3]);
});

// P25
test.each([
  [1, 120],
  [2, 60],
  [3, 40],
  [4, 30],
  [12, 10],
  [20, 10],
])("twelve equal jobs take %i workers %i", (workers, expected) =>
  inBubble(async () => {
    const { ms } = await run(background, filled(12), async () => time.sleep(10), { workers });
    expect(ms).toBe(expected);
  }),
);

// R172
everyOrder("outcomes come in the order in which the jobs are over", async () => {
  const f = async (_ctx: Context, n: number): Promise<void> => time.sleep(100 - n * 10);
  const { outcomes } = await run(background, filled(8), f, { workers: 8 });
  expect(jobsOf(outcomes)).toEqual([7, 6, 5, 4, 3, 2, 1, 0]);
});

test("the functions get the job, the number of the worker and the values of the context", () =>
  inBubble(async () => {
    const user = context.key<string>("user");
    const ctx = context.withValue(background, user, "ada");
    const { outcomes } = await run(ctx, filled(2), (own, n, worker) => [own.value(user), n, worker], { workers: 1 });
    expect(outcomes.map(({ value }) => value)).toEqual([
      ["ada", 0, 1],
      ["ada", 1, 1],
    ]);
  }));

// R174, B33, P27
describe("a job that", () => {
  test.each<[string, () => unknown, Error]>([
    ["rejects", () => Promise.reject(new TypeError("no")), new TypeError("no")],
    [
      "panics",
      () => {
        throw new PanicError("no");
      },
      new PanicError("no"),
    ],
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- that is the subject
    ["rejects with a value that is not an Error", () => Promise.reject("text"), new Error("text", { cause: "text" })],
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- that is the subject
    ["rejects with nothing", () => Promise.reject(undefined), new Error("undefined")],
  ])("%s has failed, and its worker lives on", (_how, f, error) =>
    inBubble(async () => {
      const { error: ending, outcomes } = await run(background, filled(2), (_ctx, n) => (n === 0 ? f() : n), {
        workers: 1,
      });
      expect(ending).toBeUndefined();
      expect(outcomes).toEqual([
        { status: "failed", job: 0, attempts: 1, error },
        { status: "done", job: 1, attempts: 1, value: 1 },
      ]);
    }),
  );

  test("returns undefined is done", () =>
    inBubble(async () => {
      const { outcomes } = await run(background, filled(1), () => undefined);
      expect(outcomes).toEqual([{ status: "done", job: 0, attempts: 1, value: undefined }]);
    }));
});

// R173, B21
describe("what makes no sense", () => {
  const cases: [name: string, f: unknown, options: unknown, error: Error][] = [
    ["no function", 5, {}, new TypeError("runPool: f must be a function, got 5")],
    ["no worker", () => 1, { workers: 0 }, new RangeError("runPool: workers must be a whole number, 1 or more, got 0")],
    [
      "half a worker",
      () => 1,
      { workers: 0.5 },
      new RangeError("runPool: workers must be a whole number, 1 or more, got 0.5"),
    ],
    [
      "fewer than no workers",
      () => 1,
      { workers: -1 },
      new RangeError("runPool: workers must be a whole number, 1 or more, got -1"),
    ],
    [
      "another way to treat errors",
      () => 1,
      { stopOnError: "ignore" },
      new TypeError('runPool: stopOnError must be a boolean, got "ignore"'),
    ],
    [
      "a gracePeriod below 0",
      () => 1,
      { gracePeriod: -1 },
      new RangeError("runPool: gracePeriod must be a number, 0 or more, got -1"),
    ],
  ];

  test.each(cases)("is refused at once, and touches no channel: %s", (_name, f, options, error) =>
    inBubble(async () => {
      const jobs = new Channel<number>(1);
      jobs.trySend(1);
      const results = new Results<number>(1);
      const running = runPool(background, jobs, results, f as () => number, options as RunPoolOptions<number, number>);
      await expect(running).rejects.toEqual(error);
      await waitUntilBlocked();
      expect(jobs.length).toBe(1);
      expect(results.closed).toBe(0);
    }),
  );

  test("refuses a value that is not a channel", () =>
    inBubble(async () => {
      const results = new Channel<JobOutcome<number, number>>(1);
      const jobs = [1, 2] as never;
      await expect(runPool(background, jobs, results, async (_ctx, n: number) => n)).rejects.toBeInstanceOf(TypeError);
    }));
});

// R169, R170, B25, P6, P21, P58
describe("the end of the context", () => {
  everyOrder("before the run lets nothing begin", async () => {
    const [ctx, cancel] = context.withCancelCause(background);
    cancel(new Error("too late"));
    let calls = 0;
    const { error, outcomes, ms } = await run(ctx, filled(5), () => calls++, { workers: 2 });
    expect(error).toEqual(new Error("too late"));
    expect(outcomes).toEqual([]);
    expect([calls, ms]).toEqual([0, 0]);
  });

  everyOrder("by a deadline leaves what was done by then, and the rest is canceled", async () => {
    const [ctx, cancel] = context.withTimeout(background, 100);
    const { error, outcomes, ms } = await run(ctx, filled(10), (own) => work(own, 30), { workers: 2 });
    expect(error).toBeInstanceOf(context.DeadlineExceeded);
    expect(ms).toBe(100);
    const done = outcomes.filter(({ status }) => status === "done");
    expect(sorted(jobsOf(done))).toEqual([0, 1, 2, 3, 4, 5]);
    const canceled = outcomes.filter(({ status }) => status === "canceled");
    expect(sorted(jobsOf(canceled))).toEqual([6, 7]);
    for (const { attempts, error } of canceled) {
      expect(attempts).toBe(1);
      expect(error).toBeInstanceOf(context.DeadlineExceeded);
    }
    cancel();
  });

  everyOrder("makes a job canceled, whatever its function returns then", async () => {
    const [ctx, cancel] = context.withCancelCause(background);
    time.afterFunc(5, () => cancel(new Error("enough")));
    const { outcomes } = await run(
      ctx,
      filled(2),
      async (own, n) => {
        await own.done().receive();
        if (n === 1) throw new Error("my own");
        return n;
      },
      { workers: 2 },
    );
    for (const outcome of outcomes) {
      expect(outcome).toEqual({ status: "canceled", job: outcome.job, attempts: 1, error: new Error("enough") });
    }
    expect(outcomes).toHaveLength(2);
  });

  everyOrder("leaves the jobs of waiting senders to them, and to a later run on the same channel", async () => {
    const [ctx, cancel] = context.withCancel(background);
    const jobs = new Channel<number>();
    let sent = 0;
    for (const n of numbers(3)) {
      go(async () => {
        await jobs.send(n);
        sent++;
      });
    }
    time.afterFunc(5, cancel);
    const { error } = await run(ctx, jobs, (own) => work(own, 100), { workers: 2 });
    expect(error).toBeInstanceOf(context.Canceled);
    await time.sleep(1000);
    expect(sent).toBe(2);
    const again = run(background, jobs, (_own, n) => n);
    await waitUntilBlocked();
    expect(sent).toBe(3);
    jobs.close();
    expect((await again).outcomes).toHaveLength(1);
  });

  everyOrder("after the run is nothing to it, and nothing of it stays with the context", async () => {
    const [ctx, cancel] = context.withCancel(background);
    const { error } = await run(ctx, filled(3), (_own, n) => n, { workers: 2 });
    expect(error).toBeUndefined();
    expect(children(ctx)).toBe(0);
    cancel();
    await waitUntilBlocked();
  });

  everyOrder("with nothing to do but wait for jobs is an error too", async () => {
    const [ctx, cancel] = context.withCancelCause(background);
    time.afterFunc(5, () => cancel(new Error("enough")));
    const { error, outcomes, ms } = await run(ctx, new Channel<number>(), (_own, n) => n, { workers: 3 });
    expect([error, outcomes, ms]).toEqual([new Error("enough"), [], 5]);
  });

  everyOrder("is waited for as long as functions take that listen late, and no longer", async () => {
    const [ctx, cancel] = context.withCancel(background);
    time.afterFunc(10, cancel);
    const { error, outcomes, ms } = await run(ctx, filled(2), async () => time.sleep(50), {
      workers: 2,
      gracePeriod: 100,
    });
    expect(ms).toBe(50);
    expect(error).toBeInstanceOf(context.Canceled);
    expect(outcomes.map(({ status }) => status)).toEqual(["canceled", "canceled"]);
  });

  everyOrder("is the outcome of a job at once, even if its function does not listen", async () => {
    const at = time.now();
    const [ctx, cancel] = context.withCancel(background);
    time.afterFunc(10, cancel);
    const ended: [string, number][] = [];
    await run(ctx, filled(2), async () => time.sleep(50), {
      workers: 2,
      onEvent: (event) => event.type === "ended" && ended.push([event.outcome.status, time.since(at)]),
    });
    expect(ended).toEqual([
      ["canceled", 10],
      ["canceled", 10],
    ]);
  });

  describe.each<{ readonly gracePeriod?: number }>([{ gracePeriod: 0 }, { gracePeriod: 10 }, {}])(
    "with %j",
    (options) => {
      const { gracePeriod = 1000 } = options;

      // R170
      describe.each([1, 2])("and %i workers", (workers) => {
        everyOrder("does not wait longer for functions that ignore their context, and is reported", async () => {
          const [ctx, cancel] = context.withCancelCause(background);
          time.afterFunc(10, () => cancel(new Error("enough")));
          const stopped: number[] = [];
          const { error, outcomes, ms } = await run(ctx, filled(workers), async () => time.sleep(5000), {
            workers,
            ...options,
            onWorkerStop: (worker) => stopped.push(worker),
          });
          expect(ms).toBe(10 + gracePeriod);
          expect(error).toEqual(new Error("enough"));
          expect(outcomes.filter(({ status }) => status !== "canceled")).toEqual([]);
          // They return after the results are closed, which has no effect.
          await time.sleep(5000);
          expect(sorted(stopped)).toEqual(numbers(workers).map((n) => n + 1));
          expect(children(ctx)).toBe(0);
        });
      });

      everyOrder("releases workers that run, that hold an outcome, and that are idle", async () => {
        const [ctx, cancel] = context.withCancelCause(background);
        const results = new Results<number>();
        const jobs = new Channel<number>();
        const running = runPool(
          ctx,
          jobs,
          results,
          async (own, n) => {
            if (n === 0) await time.sleep(5000);
            if (n === 1) await own.done().receive();
            return n;
          },
          { workers: 4, ...options },
        );
        for (const n of numbers(3)) await jobs.send(n);
        await waitUntilBlocked();
        const start = time.now();
        cancel(new Error("enough"));
        const { cause, abandoned, unfinished, undelivered } = await running;
        expect(cause).toEqual(new Error("enough"));
        expect([unfinished, sorted(jobsOf(undelivered))]).toEqual([
          [0, 1],
          [0, 1, 2],
        ]);
        // Without a grace period, the function that listens may not have returned yet.
        expect(abandoned).toBeLessThanOrEqual(gracePeriod === 0 ? 2 : 1);
        expect(abandoned).toBeGreaterThanOrEqual(1);
        expect(time.since(start)).toBe(gracePeriod);
        expect(results.closed).toBe(1);
        await time.sleep(5000);
      });
    },
  );
});

// R148, B19, P6, P8
describe("with stopOnError", () => {
  everyOrder("the first error in time is what the run ends with, and it ends the other jobs", async () => {
    const seen: unknown[] = [];
    const f = async (own: Context, n: number): Promise<void> => {
      if (n === 2) {
        await time.sleep(20);
        throw new Error("first");
      }
      await work(own, 50 + n);
      seen.push(context.cause(own));
      throw new Error("later");
    };
    const { error, ms } = await run(background, filled(20), f, { workers: 4, stopOnError: true });
    expect(error).toEqual(new Error("first"));
    expect(ms).toBe(20);
    expect(seen).toEqual(Array.from({ length: 3 }, () => new Error("first")));
  });

  everyOrder("of errors at the same time one is the first, and the run ends with an error that happened", async () => {
    const f = async (_own: Context, n: number): Promise<void> => {
      await time.sleep(10);
      throw new Error(`no ${n}`);
    };
    const { error, outcomes } = await run(background, filled(4), f, { workers: 4, stopOnError: true });
    const failed = outcomes.filter(({ status }) => status === "failed");
    expect(failed.map((outcome) => outcome.error)).toContain(error);
  });

  everyOrder("a run without errors is as any other", async () => {
    const { error, outcomes } = await run(background, filled(9), (_own, n) => n, { workers: 2, stopOnError: true });
    expect(error).toBeUndefined();
    expect(sorted(jobsOf(outcomes))).toEqual(numbers(9));
  });

  everyOrder("jobs that come later are left to a later run on the same channel", async () => {
    const jobs = new Channel<number>(1);
    const f = async (): Promise<never> => Promise.reject(new Error("no"));
    const first = run(background, jobs, f, { workers: 2, stopOnError: true });
    await jobs.send(1);
    expect((await first).error).toEqual(new Error("no"));
    await time.sleep(1000);
    const second = run(background, jobs, (_own, n) => n, { workers: 2 });
    for (const n of numbers(5)) await jobs.send(n);
    jobs.close();
    const { error, outcomes } = await second;
    expect(error).toBeUndefined();
    expect(sorted(jobsOf(outcomes))).toEqual(numbers(5));
  });

  everyOrder("a function that ignores its context delays the end by the grace period at most", async () => {
    const f = async (_own: Context, n: number): Promise<void> => {
      await time.sleep(n === 0 ? 5 : 5000);
      throw new Error("no");
    };
    const { error, ms } = await run(background, filled(2), f, { workers: 2, stopOnError: true, gracePeriod: 70 });
    expect([error, ms]).toEqual([new Error("no"), 75]);
    await time.sleep(5000);
  });
});

// P47
describe("a job that takes longer than it may", () => {
  everyOrder("has failed, and its worker takes no other before the function has returned", async () => {
    const begun: number[] = [];
    const start = time.now();
    const f = async (_own: Context, n: number): Promise<number> => {
      begun.push(time.since(start));
      await time.sleep(n === 0 ? 100 : 5);
      return n;
    };
    const { error, outcomes } = await run(background, filled(3), f, { workers: 1, timeout: 20 });
    expect(error).toBeUndefined();
    expect(begun).toEqual([0, 100, 105]);
    expect(outcomes.map(({ job, status }) => [job, status])).toEqual([
      [0, "failed"],
      [1, "done"],
      [2, "done"],
    ]);
    expect(outcomes[0]?.error).toBeInstanceOf(context.DeadlineExceeded);
  });

  everyOrder("is reported at the timeout, and not when the function returns", async () => {
    const results = new Channel<JobOutcome<number, void>>(5);
    const running = runPool(background, filled(1), results, async () => time.sleep(500), { workers: 1, timeout: 20 });
    await time.sleep(21);
    expect(results.length).toBe(1);
    await running;
    expect(await read(results)).toHaveLength(1);
  });

  everyOrder("ends a run that an error is to end", async () => {
    const f = async (own: Context): Promise<void> => work(own, 500);
    const { error, ms } = await run(background, filled(3), f, { workers: 2, timeout: 20, stopOnError: true });
    expect(error).toBeInstanceOf(context.DeadlineExceeded);
    expect(ms).toBe(20);
  });
});

// P34
everyOrder("all workers share one rate, and a wait for it ends with the context", async () => {
  const [ctx, cancel] = context.withCancelCause(background);
  time.afterFunc(450, () => cancel(new Error("enough")));
  const start = time.now();
  const begun: number[] = [];
  const limiter = new RateLimiter(10, 2);
  const f = (): unknown => begun.push(time.since(start));
  const { error, ms } = await run(ctx, filled(20), f, { workers: 3, rate: limiter });
  expect(begun).toEqual([0, 0, 100, 200, 300, 400]);
  expect([error, ms]).toEqual([new Error("enough"), 450]);
});

everyOrder("a job that is tried again has one outcome", async () => {
  const calls = new Map<number, number>();
  const f = (_own: Context, n: number): number => {
    const call = (calls.get(n) ?? 0) + 1;
    calls.set(n, call);
    if (call <= n) throw new Error(`${n}.${call}`);
    return n;
  };
  const { outcomes } = await run(background, filled(4), f, { workers: 2, retry: { retries: 2, jitter: 0 } });
  expect(outcomes.sort((a, b) => a.job - b.job)).toEqual([
    { status: "done", job: 0, attempts: 1, value: 0 },
    { status: "done", job: 1, attempts: 2, value: 1 },
    { status: "done", job: 2, attempts: 3, value: 2 },
    { status: "failed", job: 3, attempts: 3, error: new Error("3.3") },
  ]);
});

test("two pools may share their jobs and their results, if other code closes them", () =>
  inBubble(async () => {
    const jobs = filled(30, 0);
    const both = new Channel<JobOutcome<number, number>>();
    const pipe = async (): Promise<void> => {
      const results = new Channel<JobOutcome<number, number>>();
      go(runPool<number, number>, background, jobs, results, async (_own: Context, n: number) => n, { workers: 2 });
      for await (const outcome of results) await both.send(outcome);
    };
    go(async () => {
      await Promise.all([pipe(), pipe()]);
      both.close();
    });
    expect(sorted(jobsOf(await read(both)))).toEqual(numbers(30));
  }));

describe("a function that times out", () => {
  test("and never returns does not delay a run that has no more jobs", () =>
    bubble(async () => {
      const jobs = new Channel<number>(1);
      const results = new Channel<JobOutcome<number, never>>(1);
      await jobs.send(1);
      jobs.close();
      const never = new Channel<never>();
      const start = now();
      await runPool(context.background(), jobs, results, () => never.receive() as Promise<never>, {
        workers: 1,
        timeout: 20,
        gracePeriod: 100,
      });
      expect(now() - start).toBe(120);
      expect((await results.receive()).value).toMatchObject({ job: 1, status: "failed" });
      never.close();
    }));

  test("takes no further job before its outcome has been read", () =>
    bubble(async () => {
      const [ctx, cancel] = context.withCancel(context.background());
      const jobs = new Channel<number>();
      let sent = 0;
      go(async () => {
        for (; sent < 50; sent++) {
          const s = await select({ job: send(jobs, sent), done: receive(ctx.done()) });
          if (s.case === "done") return;
        }
      });
      const run = runPool(ctx, jobs, new Channel<JobOutcome<number, unknown>>(), () => time.sleep(5), {
        workers: 2,
        timeout: 2,
      });
      await time.sleep(1000);
      expect(sent).toBe(2);
      cancel();
      const { cause, undelivered, unfinished } = await run;
      expect([cause?.message, undelivered.length, unfinished]).toEqual(["context canceled", 2, []]);
    }));
});
