import { describe, expect, test } from "@jest/globals";
import {
  Channel,
  context,
  type Context,
  numCPU,
  type JobOutcome,
  PanicError,
  type PoolOptions,
  receive,
  type ReceiveChannel,
  select,
  StoppedError,
  type StopReport,
  type PoolTask,
  time,
  WaitGroup,
  WorkerPool,
} from "goro";
import { now, waitUntilBlocked } from "goro/testing";
import { poolResult, poolStop, poolSubmit } from "../../src/runtime/wait-reasons.ts";
import { Prng } from "../../src/util/prng.ts";
import { children, inBubble, isOver } from "../support/contexts.ts";
import { runSource } from "../support/programs.ts";
import { capacities } from "../support/promises.ts";
import { shown } from "../support/shown.ts";

const { background, withCancel, withCancelCause, withTimeoutCause, withValue } = context;
const { hour } = time;

const seeds = Array.from({ length: 10 }, (_, i) => i + 1);

/** A test in bubbles with several orders of goroutines, at whose ends each promise of a pool must have settled. */
async function inAnyOrder(f: (seed: number) => unknown): Promise<void> {
  for (const seed of seeds) {
    const checked = async (): Promise<void> => {
      await f(seed);
      await waitUntilBlocked();
      expect([poolSubmit, poolResult, poolStop].map(({ waiting: parked }) => parked)).toEqual([0, 0, 0]);
    };
    await inBubble(checked, { seed }).catch((error: unknown) => {
      throw new Error(`with seed ${seed}`, { cause: error });
    });
  }
}

/** Works for `ms` milliseconds, unless its context ends. */
async function listens(ctx: Context, ms: number): Promise<number> {
  const s = await select({ worked: receive(time.after(ms)), ended: receive(ctx.done()) });
  if (s.case === "ended") throw new Error("stopped by its context");
  return ms;
}

/** Works for `ms` milliseconds, whatever happens. */
async function isStubborn(_: Context, ms: number): Promise<number> {
  await time.sleep(ms);
  return ms;
}

/** A function that starts when it is called, and returns when it is released. */
class Held {
  readonly begun: number[] = [];
  readonly #gate = new Channel<number>();

  readonly f = async (_: Context, job: number): Promise<number> => {
    this.begun.push(job);
    await this.#gate.receive();
    return job;
  };

  async letGo(count: number = 1): Promise<void> {
    for (let i = 0; i < count; i++) await this.#gate.send(i);
    await waitUntilBlocked();
  }
}

async function all<T>(channel: ReceiveChannel<T>): Promise<T[]> {
  const values: T[] = [];
  for await (const value of channel) values.push(value);
  return values;
}

/** The state of `promise` when all other goroutines are blocked: its value, its error, or "pending". */
async function stateOf(promise: Promise<unknown>): Promise<unknown> {
  let state: unknown = "pending";
  promise.then(
    (value) => (state = value),
    (error: unknown) => (state = error),
  );
  await waitUntilBlocked();
  return state;
}

function fail(): never {
  throw new Error("it was called");
}

function error(message: string): unknown {
  return expect.objectContaining({ message });
}

const nothingLeft: StopReport<unknown> = { unfinished: [], abandoned: 0, cause: undefined };

describe("a pool accepts", () => {
  const sizes = [1, 3].flatMap((workers) => capacities.map((queue) => [workers, queue] as const));

  // P11, P44
  describe.each(["send", "submit"] as const)("by %s", (door) => {
    test.each(sizes)(
      "with %i workers and a queue of %i as many jobs as that, and one more for each that ends",
      (workers, queue) =>
        inAnyOrder(async () => {
          const held = new Held();
          const pool = new WorkerPool(held.f, { workers, queueSize: queue });
          for (let job = 0; job < workers + queue; job++) await pool[door](job);
          const late = [0, 1, 2].map((i) => stateOf(pool[door](workers + queue + i)));
          await waitUntilBlocked();
          expect(pool.trySend(-1)).toBe(false);
          expect(pool.trySubmit(-1)).toBeUndefined();
          expect(pool.stats()).toMatchObject({ running: workers, queued: queue, waiting: 3 });

          const accepted = (): Promise<string> =>
            Promise.all(late).then((states) => states.map((state) => (state === "pending" ? "-" : "x")).join(""));
          expect(await accepted()).toBe("---");
          await held.letGo();
          expect(pool.stats()).toMatchObject({ running: workers, queued: queue, waiting: 2 });
          await held.letGo(workers + queue + 2);
          expect(held.begun.sort((a, b) => a - b)).toEqual(
            Array.from({ length: workers + queue + 3 }, (_, job) => job),
          );
          await pool.stop();
        }),
    );
  });

  // P11
  test("waiting calls in their order, each when there is room and not before", () =>
    inAnyOrder(async () => {
      const held = new Held();
      const pool = new WorkerPool(held.f, { workers: 1, queueSize: 1 });
      expect([pool.trySend(0), pool.trySend(1), pool.trySend(2)]).toEqual([true, true, false]);
      const accepted: number[] = [];
      for (const job of [2, 3, 4]) void pool.send(job).then(() => accepted.push(job));
      for (const ones of [[], [2], [2, 3], [2, 3, 4]]) {
        await waitUntilBlocked();
        expect(accepted).toEqual(ones);
        await held.letGo();
      }
      await held.letGo();
      expect(held.begun).toEqual([0, 1, 2, 3, 4]);
      await pool.stop();
    }));

  // P11
  test("any number at once with a queue without end", () =>
    inAnyOrder(async () => {
      const held = new Held();
      const pool = new WorkerPool(held.f, { workers: 2, queueSize: Infinity });
      for (let job = 0; job < 500; job++) expect(pool.trySend(job)).toBe(true);
      expect(pool.stats()).toMatchObject({ queued: 498, waiting: 0 });
      await held.letGo(500);
      await pool.stop();
      expect(await all(pool.results)).toHaveLength(500);
    }));

  // P11
  test("none that would have to wait if it is only tried, and forgets it", () =>
    inAnyOrder(async () => {
      const held = new Held();
      const [ctx, cancel] = withCancel(background());
      const pool = new WorkerPool(held.f, { workers: 1, ctx });
      expect(pool.trySubmit(1)?.job).toBe(1);
      const before = children(ctx);
      for (let i = 0; i < 5; i++) expect([pool.trySubmit(2), pool.trySend(2)]).toEqual([undefined, false]);
      expect(children(ctx)).toBe(before);
      await held.letGo();
      await pool.stop();
      expect(held.begun).toEqual([1]);
      expect(children(ctx)).toBe(0);
      expect(await all(pool.results)).toEqual([]);
      cancel();
    }));

  test("has a context that cancels the job which was accepted", () =>
    inAnyOrder(async () => {
      const held = new Held();
      const [ctx, cancel] = withCancelCause(background());
      const pool = new WorkerPool(held.f, { workers: 1, queueSize: 2 });
      const task = pool.trySubmit(1, { ctx });
      expect([pool.trySend(2, { ctx }), pool.trySend(3), pool.trySend(4, { ctx })]).toEqual([true, true, false]);
      const left = new Error("the client has left");
      await waitUntilBlocked();
      cancel(left);
      await expect(task?.result).rejects.toBe(left);
      expect(() => pool.trySubmit(5, { ctx })).toThrow(left);
      expect(() => pool.trySend(5, { ctx })).toThrow(left);
      await held.letGo(2);
      await pool.stop();
      expect((await all(pool.results)).map(({ job, status }) => [job, status])).toEqual([
        [2, "canceled"],
        [3, "done"],
      ]);
      expect(children(ctx)).toBe(0);
    }));
});

describe("the workers of a pool", () => {
  // R165, P10, P13
  test.each([
    [1000, 5],
    [3, 3],
  ])("work on %i jobs %i at a time, and are the same all along", (count, peak) =>
    inAnyOrder(async (seed) => {
      const chance = new Prng(seed);
      const workers = new Set<number>();
      let [running, most] = [0, 0];
      const pool = new WorkerPool<number, void>(
        async (_ctx, _job, worker) => {
          workers.add(worker);
          most = Math.max(most, ++running);
          await time.sleep(1 + chance.randomInt(5));
          running--;
        },
        { workers: 5, queueSize: chance.randomInt(10) },
      );
      for (let job = 0; job < count; job++) await pool.send(job);
      await pool.stop();
      expect(most).toBe(peak);
      expect([...workers].every((worker) => worker >= 1 && worker <= 5)).toBe(true);
      expect(workers.size).toBe(peak);
    }),
  );

  // R166, R172
  test("run each job exactly once, and report each exactly once, from several senders", () =>
    inAnyOrder(async (seed) => {
      const chance = new Prng(seed);
      const done: number[] = [];
      const pool = new WorkerPool<number, number>(
        async (ctx, job) => {
          await listens(ctx, chance.randomInt(3));
          done.push(job);
          return -job;
        },
        { workers: 1 + chance.randomInt(6), queueSize: chance.randomInt(4) },
      );
      const wg = new WaitGroup();
      for (let sender = 0; sender < 5; sender++) {
        wg.go(async () => {
          for (let i = 0; i < 20; i++) await pool.send(sender * 20 + i);
        });
      }
      await wg.wait();
      await pool.stop();
      expect([...done].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
      const reported = await all(pool.results);
      expect(reported).toEqual(done.map((job) => ({ status: "done", job, attempts: 1, value: -job })));
    }));

  // R167, P25
  test.each([
    [1, 120],
    [2, 60],
    [3, 40],
    [4, 30],
    [12, 10],
  ])("are done, when there are %i, with twelve jobs of 10 ms after %i ms", (workers, makespan) =>
    inAnyOrder(async () => {
      const start = now();
      const pool = new WorkerPool(listens, { workers });
      for (let job = 0; job < 12; job++) await pool.send(10);
      await pool.stop();
      expect(now() - start).toBe(makespan);
    }),
  );

  // R167
  test("take what there is while another has a long job", () =>
    inAnyOrder(async () => {
      const start = now();
      const pool = new WorkerPool(listens, { workers: 2, queueSize: 8 });
      for (const ms of [80, 10, 10, 10, 10, 10, 10, 10, 10]) await pool.send(ms);
      await pool.stop();
      expect(now() - start).toBe(80);
    }));

  // P25
  test("are by default as many as there are processors", () =>
    inAnyOrder(async () => {
      const pool = new WorkerPool(listens);
      expect(pool.stats().workers).toBe(numCPU());
      await pool.stop();
    }));

  test("let timers have their turn, however short the jobs are", async () => {
    let [hasFired, count] = [false, 0];
    setTimeout(() => (hasFired = true), 5);
    const pool: WorkerPool<number, void> = new WorkerPool<number, void>(
      () => {
        if (!hasFired && ++count < 300_000) pool.trySend(1);
      },
      { workers: 1, queueSize: 1 },
    );
    await pool.send(1);
    while (!hasFired) await pool.results.receive();
    expect(count).toBeLessThan(300_000);
    await pool.stop();
  });
});

describe("results", () => {
  // R168, B12, B13, B14, B15, B16, B17
  test.each([0, 1, 10, 1000])("of %i jobs can be read when all were sent and the pool has stopped", (count) =>
    inAnyOrder(async () => {
      const pool = new WorkerPool<number, number>((_, job) => 2 * job, { workers: 3, queueSize: 3 });
      for (let job = 0; job < count; job++) await pool.send(job);
      expect(await pool.stop()).toEqual(nothingLeft);
      const reported = await all(pool.results);
      expect(reported.map(({ value }) => value as number).sort((a, b) => a - b)).toEqual(
        Array.from({ length: count }, (_, job) => 2 * job),
      );
    }),
  );

  // R168, P14, P28, P60
  test("are closed once the last worker has stopped, and then the stop is over", () =>
    inAnyOrder(async () => {
      const log: string[] = [];
      const pool = new WorkerPool(listens, {
        workers: 3,
        onWorkerStop: (worker) =>
          log.push(`worker ${worker}`, pool.results.tryReceive() === undefined ? "open" : "early"),
      });
      await pool.send(30);
      await pool.send(10);
      for (const job of [10, 30]) expect(await pool.results.receive()).toMatchObject({ value: { job } });
      const closed = pool.results.receive().then(() => log.push("closed"));
      expect(log).toEqual([]);
      await pool.stop();
      await closed;
      expect(log.filter((line) => line.startsWith("worker")).sort()).toEqual(["worker 1", "worker 2", "worker 3"]);
      expect(log.filter((line) => !line.startsWith("worker"))).toEqual(["open", "open", "open", "closed"]);
    }));

  // R172, P14
  test("come in the order in which the jobs end, and are of those only that were sent", () =>
    inAnyOrder(async () => {
      const pool = new WorkerPool(listens, { workers: 4 });
      for (const ms of [30, 10, 20]) await pool.send(ms);
      const task = await pool.submit(5);
      const reported: number[] = [];
      for (let i = 0; i < 3; i++)
        reported.push(((await pool.results.receive()).value as JobOutcome<number, number>).job);
      expect(reported).toEqual([10, 20, 30]);
      expect(await task.result).toBe(5);
      await pool.stop();
      expect(await all(pool.results)).toEqual([]);
    }));

  test("and functions have jobs as they are, be they undefined or thenables", () =>
    inAnyOrder(async () => {
      const jobs = [undefined, null, Promise.resolve(1), { then: () => fail() }, NaN];
      const seen: unknown[] = [];
      const pool = new WorkerPool<unknown, undefined>((_, job) => void seen.push(job), { workers: 1 });
      for (const job of jobs) await pool.send(job);
      await pool.stop();
      expect(seen).toHaveLength(jobs.length);
      expect(seen.every((job, i) => Object.is(job, jobs[i]))).toBe(true);
      const reported = await all(pool.results);
      expect(reported.every(({ job, value }, i) => Object.is(job, jobs[i]) && value === undefined)).toBe(true);
    }));
});

describe("priority", () => {
  interface Ranked {
    readonly id: number;
    readonly rank: number;
  }

  // P33
  test.each(capacities)("is strict, and among equals the earlier is first, with a queue of %i", (queue) =>
    inAnyOrder(async (seed) => {
      const chance = new Prng(seed);
      const ranks = [-Infinity, -1, 0, 0.5, 2, Infinity];
      const left: Ranked[] = [];
      let asked = 0;
      let lastId = 0;
      const pool: WorkerPool<Ranked, void> = new WorkerPool<Ranked, void>(
        async (_, job) => {
          // The jobs that were submitted while the first one ran are in the queue.
          if (job.id > 1) {
            const best = left.reduce((a, b) => (b.rank > a.rank ? b : a));
            expect(job).toBe(best);
          }
          left.splice(left.indexOf(job), 1);
          for (let i = 0; i < 2 && lastId < 60; i++) come();
          await time.sleep(1);
        },
        {
          workers: 1,
          queueSize: queue,
          priority: ({ rank }) => {
            asked++;
            return rank;
          },
        },
      );
      const come = (): void => {
        const job = { id: ++lastId, rank: ranks[chance.randomInt(ranks.length)] as number };
        left.push(job);
        void (chance.randomInt(2) === 0 ? pool.send(job) : pool.submit(job));
      };
      come();
      await time.sleep(0.5);
      for (let i = 0; i < 10; i++) come();
      await time.sleep(100);
      expect([lastId, left.length, asked]).toEqual([60, 0, 60]);
      await pool.stop();
      expect((await all(pool.results)).every(({ status }) => status === "done")).toBe(true);
    }),
  );

  // P33
  test("lets the best of those that wait into the queue first", () =>
    inAnyOrder(async () => {
      const held = new Held();
      const pool = new WorkerPool(held.f, { workers: 1, queueSize: 1, priority: (job) => job });
      await pool.send(5);
      await pool.send(4);
      const accepted: number[] = [];
      for (const job of [1, 3, 2]) void pool.send(job).then(() => accepted.push(job));
      await waitUntilBlocked();
      for (const ones of [[3], [3, 2], [3, 2, 1]]) {
        await held.letGo();
        expect(accepted).toEqual(ones);
      }
      await held.letGo(2);
      expect(held.begun).toEqual([5, 4, 3, 2, 1]);
      await pool.stop();
    }));

  // P33
  test("lets a waiting call overtake accepted jobs", () =>
    inAnyOrder(async () => {
      const held = new Held();
      const pool = new WorkerPool(held.f, { workers: 1, queueSize: 1, priority: (job) => job });
      await pool.send(0);
      await pool.send(1);
      const high = pool.send(9);
      await held.letGo();
      expect(await stateOf(high)).toBeUndefined();
      expect(pool.stats()).toMatchObject({ running: 1, queued: 1, waiting: 0 });
      await held.letGo(2);
      expect(held.begun).toEqual([0, 9, 1]);
      await pool.stop();
    }));

  // R173
  test.each([NaN, "1", undefined, null])("must be a number, and is not %p", (rank) =>
    inAnyOrder(async () => {
      const [ctx, cancel] = withCancel(background());
      const pool = new WorkerPool(listens, { workers: 1, priority: () => rank as number });
      const says = `WorkerPool: priority must return a number, got ${shown(rank)}`;
      for (const refused of [pool.send(1), pool.send(1, { ctx }), pool.submit(1), pool.submit(1, { ctx })]) {
        await expect(refused).rejects.toThrow(new RangeError(says));
      }
      expect(() => pool.trySend(1)).toThrow(new RangeError(says));
      expect(() => pool.trySubmit(1)).toThrow(new RangeError(says));
      expect(await pool.stop()).toEqual(nothingLeft);
      cancel();
    }),
  );

  test("that throws refuses the job, and nothing of it stays in the lists of its contexts", () =>
    inAnyOrder(async () => {
      const [all, endAll] = withCancel(background());
      const [ctx, cancel] = withCancel(background());
      const bad = new Error("bad priority");
      const pool = new WorkerPool(listens, {
        workers: 1,
        ctx: all,
        priority: () => {
          throw bad;
        },
      });
      const before = children(all);
      for (const refused of [pool.send(1), pool.send(1, { ctx }), pool.submit(1), pool.submit(1, { ctx })]) {
        await expect(refused).rejects.toBe(bad);
      }
      expect(() => pool.trySubmit(1)).toThrow(bad);
      expect([children(ctx), children(all)]).toEqual([0, before]);
      await pool.stop();
      endAll();
      cancel();
    }));
});

describe("stop", () => {
  // R174, P12, P59, B38
  test("resolves with the same report, however often and whenever it is called", () =>
    inAnyOrder(async () => {
      const start = now();
      const pool = new WorkerPool(listens, { workers: 1, queueSize: 1 });
      await pool.send(10);
      await pool.send(10);
      const early = [pool.stop(), pool.stop()];
      await time.sleep(15);
      early.push(pool.stop());
      expect(await stateOf(early[2] as Promise<unknown>)).toBe("pending");
      for (const report of await Promise.all(early)) expect(report).toEqual(nothingLeft);
      expect(now() - start).toBe(20);
      expect(await pool.stop()).toEqual(nothingLeft);
      await pool[Symbol.asyncDispose]();
    }));

  // P12, B17
  test("runs all submitted jobs, and accepts the waiting ones at once", () =>
    inAnyOrder(async () => {
      const start = now();
      const pool = new WorkerPool(listens, { workers: 3, queueSize: 5 });
      for (let i = 0; i < 8; i++) await pool.send(10);
      const waiting = [pool.send(10), pool.submit(10)] as const;
      await waitUntilBlocked();
      expect(pool.stats()).toMatchObject({ running: 3, queued: 5, waiting: 2 });
      const stopped = pool.stop();
      expect(pool.stats()).toMatchObject({ running: 3, queued: 7, waiting: 0 });
      expect(await stateOf(waiting[0])).toBeUndefined();
      const task = await waiting[1];
      expect(now()).toBe(start);
      expect(await task.result).toBe(10);
      expect(await stopped).toEqual(nothingLeft);
      expect(now() - start).toBe(40);
      expect(await all(pool.results)).toHaveLength(9);
    }));

  // R174, P59, B38
  test("makes every method refuse jobs from then on, also for calls of jobs", () =>
    inAnyOrder(async () => {
      const refusal = (door: string): unknown => error(`WorkerPool.${door}: the pool has been stopped`);
      const thrown = async (f: () => unknown): Promise<unknown> => {
        try {
          return await f();
        } catch (error) {
          expect(error).toBeInstanceOf(StoppedError);
          expect((error as Error).name).toBe("StoppedError");
          return error;
        }
      };
      const allRefuse = async (): Promise<void> => {
        for (const own of [undefined, ctx]) {
          expect(await thrown(() => pool.send(1, { ctx: own }))).toEqual(refusal("send"));
          expect(await thrown(() => pool.submit(1, { ctx: own }))).toEqual(refusal("submit"));
        }
        expect(await thrown(() => pool.trySend(1))).toEqual(refusal("trySend"));
        expect(await thrown(() => pool.trySubmit(1))).toEqual(refusal("trySubmit"));
        expect(await thrown(() => pool.map([1]).next())).toMatchObject({
          name: "StoppedError",
          message: "WorkerPool: the pool has been stopped",
        });
        expect(children(ctx)).toBe(0);
      };
      const [ctx, cancel] = withCancel(background());
      const pool = new WorkerPool<number, void>(
        async () => {
          await time.sleep(1);
          await allRefuse();
        },
        { workers: 2 },
      );
      const task = await pool.submit(1);
      const stopped = pool.stop();
      await allRefuse();
      await stopped;
      await allRefuse();
      await task.result;
      expect(pool.stats().processed).toBe(1);
      cancel();
    }));

  // R170, P12, P58
  test("with a context that ends first cancels what is left, and says what and why", () =>
    inAnyOrder(async () => {
      const start = now();
      const late = new Error("too late");
      const pool = new WorkerPool<{ id: number }, number>((ctx) => listens(ctx, hour), { workers: 3, queueSize: 5 });
      const jobs = Array.from({ length: 10 }, (_, id) => ({ id }));
      const sent = jobs.map((job) => pool.send(job));
      await waitUntilBlocked();
      const [ctx, cancel] = withTimeoutCause(background(), 50, late);
      const patient = pool.stop();
      const report = await pool.stop(ctx);
      expect(now() - start).toBe(50);
      expect(report).toEqual({ unfinished: jobs, abandoned: 0, cause: late });
      expect(report.cause).toBe(late);
      expect(await patient).toEqual(report);
      expect(await pool.stop()).toEqual(report);
      await Promise.all(sent);
      const reported = await all(pool.results);
      expect(reported.every(({ status, error }) => status === "canceled" && error === late)).toBe(true);
      expect(new Set(reported.map(({ job }) => job))).toEqual(new Set(jobs));
      await expect(pool.send({ id: 11 })).rejects.toMatchObject({ name: "StoppedError", cause: late });
      cancel();
    }));

  // R170
  test("reports as unfinished exactly the jobs that the end of the pool has canceled", () =>
    inAnyOrder(async (seed) => {
      const why = new Error("why");
      const chance = new Prng(seed);
      const [ctx, cancel] = withCancelCause(background());
      const pool = new WorkerPool(listens, { workers: 2, queueSize: 4, ctx });
      for (let job = 1; job <= 6; job++) await pool.send(job * 10);
      const own = await Promise.all([pool.submit(70), pool.submit(80)]);
      await time.sleep(chance.randomInt(60) + 5);
      own[1].cancel();
      await waitUntilBlocked();
      if (chance.randomInt(2) === 0) void pool.stop();
      cancel(why);
      const report = await pool.stop();
      const reported = [...(await all(pool.results)), ...own.slice(0, 1).map(({ outcome }) => outcome)];
      const canceled = reported.flatMap((outcome) => (outcome?.status === "canceled" ? outcome.job : []));
      expect(canceled.length).toBeGreaterThan(0);
      expect(report).toEqual({ unfinished: canceled.sort((a, b) => a - b), abandoned: 0, cause: why });
      expect(own[1].outcome).toMatchObject({ status: "canceled", error: error("context canceled") });
    }));

  // R170
  test.each([
    ["at once", async (): Promise<void> => undefined],
    ["later", waitUntilBlocked],
  ])("of a canceled pool that had nothing to do, called %s, has nothing unfinished and so no cause", (_, wait) =>
    inAnyOrder(async () => {
      const [ctx, cancel] = withCancelCause(background());
      const pool = new WorkerPool(listens, { workers: 2, ctx });
      await pool.send(1);
      await time.sleep(2);
      cancel(new Error("why"));
      await wait();
      expect(await pool.stop()).toEqual(nothingLeft);
    }),
  );

  // P12
  test("with a canceled context cancels at once, and leaves no listener on another", () =>
    inAnyOrder(async () => {
      const [ctx, cancel] = withCancelCause(background());
      const easy = new WorkerPool(listens, { workers: 1 });
      await easy.send(10);
      expect(await easy.stop(ctx)).toEqual(nothingLeft);
      await waitUntilBlocked();
      expect(children(ctx)).toBe(0);

      const reason = new Error("now");
      cancel(reason);
      const start = now();
      const pool = new WorkerPool(listens, { workers: 1, queueSize: 1 });
      for (const job of [hour, 2 * hour]) await pool.send(job);
      expect(await pool.stop(ctx)).toEqual({ unfinished: [hour, 2 * hour], abandoned: 0, cause: reason });
      expect(now()).toBe(start);

      const idle = new WorkerPool(listens, { workers: 1 });
      expect(await idle.stop(ctx)).toEqual(nothingLeft);
    }));

  // R169
  test.each([0, 50, undefined])(
    "waits for functions that ignore their context no longer than a grace period of %p",
    (grace) =>
      inAnyOrder(async () => {
        const start = now();
        const [ctx, cancel] = withTimeoutCause(background(), 10, new Error("late"));
        const pool = new WorkerPool(isStubborn, {
          workers: 2,
          queueSize: 2,
          ...(grace === undefined ? {} : { gracePeriod: grace }),
        });
        const tasks = await Promise.all([hour, 20 * hour, 1].map((ms) => pool.submit(ms)));
        const reported = tasks.map(async ({ result }) => {
          await expect(result).rejects.toThrow("late");
          return now() - start;
        });
        const report = await pool.stop(ctx);
        expect(now() - start).toBe(10 + (grace ?? 1000));
        expect(report).toEqual({ unfinished: [hour, 20 * hour, 1], abandoned: 2, cause: error("late") });
        // A wait for a job does not wait for its function.
        expect(await Promise.all(reported)).toEqual([10, 10, 10]);
        expect(pool.stats()).toMatchObject({ running: 2, abandoned: 2, workers: 0, canceled: 3 });
        expect(await all(pool.results)).toEqual([]);
        // Their results are ignored.
        await time.sleep(30 * hour);
        expect(pool.stats()).toMatchObject({ running: 0, abandoned: 0, workers: 0, canceled: 3, processed: 0 });
        expect(tasks.map(({ outcome }) => outcome?.status)).toEqual(["canceled", "canceled", "canceled"]);
        cancel();
      }),
  );

  // R169
  test.each([1000, Infinity])("ends as soon as the last function returns within a grace period of %p", (grace) =>
    inAnyOrder(async () => {
      const start = now();
      const [ctx, cancel] = withCancel(background());
      const pool = new WorkerPool(isStubborn, { workers: 3, ctx, gracePeriod: grace });
      for (const ms of [100, 200, 300]) await pool.send(ms);
      await waitUntilBlocked();
      cancel();
      expect(await pool.stop()).toEqual({
        unfinished: [100, 200, 300],
        abandoned: 0,
        cause: error("context canceled"),
      });
      expect(now() - start).toBe(300);
    }),
  );

  // R169
  test("waits no longer than the grace period for a function whose job was canceled", () =>
    inAnyOrder(async () => {
      const start = now();
      const pool = new WorkerPool(isStubborn, { workers: 2, gracePeriod: 100 });
      const stuck = await pool.submit(hour);
      await pool.send(50);
      await waitUntilBlocked();
      stuck.cancel();
      expect(await pool.stop()).toEqual({ ...nothingLeft, abandoned: 1 });
      expect(now() - start).toBe(150);
      await time.sleep(hour);
    }));

  // P52
  test("is what the end of a scope does, and all is done then", () =>
    inAnyOrder(async () => {
      const start = now();
      let pool: WorkerPool<number, number>;
      {
        await using scoped = new WorkerPool(listens, { workers: 1, queueSize: 2 });
        for (let i = 0; i < 3; i++) await scoped.send(10);
        pool = scoped;
      }
      expect(now() - start).toBe(30);
      expect(await all(pool.results)).toHaveLength(3);
      expect(() => pool.trySend(1)).toThrow(StoppedError);
    }));

  test("can be called by hooks", () =>
    inAnyOrder(async () => {
      let stopped: Promise<unknown> = Promise.resolve();
      const pool: WorkerPool<number, number> = new WorkerPool(listens, {
        workers: 1,
        queueSize: 1,
        onEvent: ({ type }) => {
          if (type === "ended") stopped = pool.stop();
        },
      });
      await pool.send(10);
      await pool.send(10);
      expect(await all(pool.results)).toHaveLength(2);
      expect(await stopped).toEqual(nothingLeft);
    }));
});

describe("a job that stops its pool", () => {
  type Way = (pool: WorkerPool<string, unknown>, ctx: Context) => unknown;

  const variants: [name: string, way: Way][] = [
    ["without awaiting it", (pool) => void pool.stop()],
    ["and awaits that", (pool) => pool.stop()],
    [
      "later, and awaits that by its context",
      async (pool, ctx): Promise<unknown> => {
        await time.sleep(5);
        return pool.stop(ctx);
      },
    ],
  ];

  /** A pool whose jobs do what they are called; each notes when it is over. */
  function scripted(log: string[], way: Way, options: PoolOptions<string, unknown> = {}): WorkerPool<string, unknown> {
    const start = now();
    const pool: WorkerPool<string, unknown> = new WorkerPool<string, unknown>(
      async (ctx, job) => {
        let stopReport: unknown;
        if (job.startsWith("stop")) stopReport = await way(pool, ctx);
        else await time.sleep(Number(job));
        log.push(`${job} at ${now() - start}`);
        return stopReport;
      },
      { workers: 2, queueSize: 2, ...options },
    );
    return pool;
  }

  // R174
  describe.each(variants)("%s", (_, way) => {
    test("does not wait for itself, alone", () =>
      inAnyOrder(async () => {
        const log: string[] = [];
        const pool = scripted(log, way);
        await pool.send("stop");
        const [outcome] = await all(pool.results);
        expect(outcome).toMatchObject({ status: "done" });
        expect(log).toHaveLength(1);
        expect(await pool.stop()).toEqual(nothingLeft);
      }));

    test("runs all submitted jobs, and accepts the waiting ones", () =>
      inAnyOrder(async () => {
        const log: string[] = [];
        const pool = scripted(log, way);
        for (const job of ["20", "30", "stop", "10"]) expect(pool.trySend(job)).toBe(true);
        const waiting = pool.send("40");
        const reported = await all(pool.results);
        await waiting;
        expect(reported.map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => "done"));
        expect(log).toHaveLength(5);
        expect(await pool.stop()).toEqual(nothingLeft);
      }));

    test("has its own context to do it with, too", () =>
      inAnyOrder(async () => {
        const log: string[] = [];
        const pool = scripted(log, way, { timeout: hour });
        const [ctx, cancel] = withCancel(background());
        const tasks = await Promise.all([pool.submit("stop"), pool.submit("stop", { ctx })]);
        await Promise.all(tasks.map(({ result }) => result));
        expect(await pool.stop()).toEqual(nothingLeft);
        expect(log).toHaveLength(2);
        await waitUntilBlocked();
        expect(children(ctx)).toBe(0);
        cancel();
      }));
  });

  // R174
  test.each(variants.slice(1))("%s resolves when the other jobs are done, and not before", (_, way) =>
    inAnyOrder(async () => {
      const log: string[] = [];
      const pool = scripted(log, way, { workers: 3 });
      for (const job of ["30", "stop", "60", "10"]) expect(pool.trySend(job)).toBe(true);
      await pool.stop();
      expect(log).toEqual(["30 at 30", "10 at 40", "60 at 60", "stop at 60"]);
    }),
  );

  // R174
  test("several times still waits for the other jobs", () =>
    inAnyOrder(async () => {
      const log: string[] = [];
      const pool = scripted(log, async (pool, ctx) => {
        void pool.stop();
        await time.sleep(1);
        await pool.stop(ctx);
      });
      for (const job of ["30", "stop"]) expect(pool.trySend(job)).toBe(true);
      await pool.stop();
      expect(log).toEqual(["30 at 30", "stop at 30"]);
    }));

  // R174
  test("and has ended does not affect when the calls of others resolve", () =>
    inAnyOrder(async () => {
      const log: string[] = [];
      const pool = scripted(log, (pool) => {
        void pool.stop().then(() => log.push("reported"));
      });
      for (const job of ["30", "stop"]) expect(pool.trySend(job)).toBe(true);
      await pool.stop();
      await waitUntilBlocked();
      expect(log).toEqual(["stop at 0", "30 at 30", "reported"]);
    }));

  // R169, R174
  test("waits no longer than the grace period for a function whose job has an outcome", () =>
    inAnyOrder(async () => {
      const log: string[] = [];
      const pool = scripted(log, (pool, ctx) => pool.stop(ctx), { gracePeriod: 100 });
      const stuck = await pool.submit(`${hour}`);
      await waitUntilBlocked();
      stuck.cancel();
      await pool.send("stop");
      expect(await pool.stop()).toMatchObject({ unfinished: [] });
      expect(log).toEqual(["stop at 100"]);
      await time.sleep(hour);
    }));

  // R169
  test("resolves when the pool is canceled, with the unfinished jobs", () =>
    inAnyOrder(async () => {
      const why = new Error("why");
      const [ctx, cancel] = withCancelCause(background());
      const log: string[] = [];
      const pool = scripted(log, (pool, ctx) => pool.stop(ctx), { ctx, gracePeriod: 100 });
      for (const job of ["stop", `${hour}`, "1"]) expect(pool.trySend(job)).toBe(true);
      await time.sleep(10);
      cancel(why);
      expect(await pool.stop()).toEqual({
        unfinished: ["stop", `${hour}`, "1"],
        abandoned: expect.any(Number),
        cause: why,
      });
      await waitUntilBlocked();
      expect(log).toEqual(["stop at 110"]);
      await time.sleep(hour);
    }));
});

describe("the end of a pool's context", () => {
  // R169, R170, B24, B37, P58
  test.each([
    ["listen", listens, 0],
    ["do not listen", isStubborn, 100],
  ])("settles all waiting calls while workers run functions that %s", (_, f, extra) =>
    inAnyOrder(async (seed) => {
      const why = new Error("why");
      const chance = new Prng(seed);
      const [ctx, cancel] = withCancelCause(background());
      const pool = new WorkerPool(f, { workers: 3, queueSize: 4, ctx, gracePeriod: 100 });
      const start = now();
      const replies: Promise<string>[] = [];
      const note = (name: string, promise: Promise<unknown>): void => {
        const call = async (): Promise<string> => {
          const says = await promise.then(
            () => "fulfilled",
            (error: unknown) => (error === why ? "why" : String(error)),
          );
          return `${name} ${says} at ${now() - start}`;
        };
        replies.push(call());
      };
      const [own, cancelOwn] = withCancel(background());
      for (let i = 0; i < 4; i++) await pool.send(hour);
      const tasks = [await pool.submit(hour), await pool.submit(hour, { ctx: own }), await pool.submit(hour)];
      for (const { result } of tasks) note("task", result);
      const waits = [
        (): void => note("send", pool.send(hour)),
        (): void => note("send", pool.send(hour, { ctx: own })),
        (): void => note("submit", pool.submit(hour)),
        (): void => note("submit", pool.submit(hour, { ctx: own })),
        (): void => note("map", pool.map([hour, hour]).next()),
      ];
      for (let left = waits.length; left > 0; left--) waits.splice(chance.randomInt(left), 1)[0]?.();
      await waitUntilBlocked();
      expect(pool.stats()).toMatchObject({ running: 3, queued: 4, waiting: 6 });
      await time.sleep(10);
      cancel(why);
      for (const refused of [pool.send(1), pool.submit(1), pool.map([1]).next()])
        await expect(refused).rejects.toBe(why);
      expect(() => pool.trySend(1)).toThrow(why);
      note("stop", pool.stop());
      expect((await Promise.all(replies)).sort()).toEqual([
        "map why at 10",
        "send why at 10",
        "send why at 10",
        `stop fulfilled at ${10 + extra}`,
        "submit why at 10",
        "submit why at 10",
        "task why at 10",
        "task why at 10",
        "task why at 10",
      ]);
      expect((await all(pool.results)).map(({ status, error }) => [status, error])).toEqual(
        Array.from({ length: 4 }, () => ["canceled", why]),
      );
      expect(await pool.stop()).toMatchObject({ abandoned: extra > 0 ? 3 : 0, cause: why });
      expect((await pool.stop()).unfinished).toHaveLength(7);
      await expect(pool.send(1)).rejects.toMatchObject({ name: "StoppedError", cause: why });
      expect([children(ctx), children(own)]).toEqual([0, 0]);
      cancelOwn();
      await time.sleep(hour);
    }),
  );

  // R169
  test("ends it without a call of stop", () =>
    inAnyOrder(async () => {
      const [ctx, cancel] = withCancel(background());
      const stopped: number[] = [];
      const onWorkerStop = (worker: number): void => void stopped.push(worker);
      const pool = new WorkerPool(listens, { workers: 2, queueSize: 1, ctx, onWorkerStop });
      for (let i = 0; i < 3; i++) await pool.send(hour);
      cancel();
      expect(await all(pool.results)).toHaveLength(3);
      expect(stopped).toEqual([1, 2]);
      expect(pool.stats()).toMatchObject({ workers: 0, running: 0, queued: 0, canceled: 3 });
    }));

  // R170
  test("makes of a job that returns afterwards no success", () =>
    inAnyOrder(async () => {
      const [ctx, cancel] = withCancelCause(background());
      const why = new Error("why");
      const pool = new WorkerPool<number, string>(
        async (own) => {
          await own.done().receive();
          return "done";
        },
        { workers: 2, ctx },
      );
      const task = await pool.submit(1);
      await pool.send(2);
      await waitUntilBlocked();
      cancel(why);
      await expect(task.result).rejects.toBe(why);
      expect(await all(pool.results)).toEqual([{ status: "canceled", job: 2, attempts: 1, error: why }]);
    }));

  // R169
  test("that comes before the pool leaves nothing to be done", () =>
    inAnyOrder(async () => {
      const [ctx, cancel] = withCancelCause(background());
      const why = new Error("why");
      cancel(why);
      const pool = new WorkerPool<number, never>(() => fail(), { workers: 1, ctx });
      expect(() => pool.trySend(1)).toThrow(why);
      await expect(pool.submit(1)).rejects.toBe(why);
      expect(await all(pool.results)).toEqual([]);
      expect(await pool.stop()).toMatchObject({ unfinished: [], abandoned: 0 });
    }));

  // R116, R169
  test.each([
    ["that was sent", undefined],
    ["with a context of its own", background()],
  ])("is seen by the function of a job %s, with its cause", (_, own) =>
    inAnyOrder(async () => {
      const [ctx, cancel] = withCancelCause(background());
      const why = new Error("why");
      let seen: unknown;
      const pool = new WorkerPool<number, void>(
        async (given) => {
          await given.done().receive();
          seen = context.cause(given);
        },
        { workers: 1, ctx },
      );
      await pool.send(1, { ctx: own });
      await waitUntilBlocked();
      cancel(why);
      await pool.stop();
      expect(seen).toBe(why);
    }),
  );

  test("leaves no listener on its parent when the pool has stopped", () =>
    inAnyOrder(async () => {
      const [ctx, cancel] = withCancel(background());
      const pool = new WorkerPool(listens, { workers: 2, ctx });
      await pool.send(10);
      await pool.submit(10);
      expect(children(ctx)).toBeGreaterThan(0);
      await pool.stop();
      expect(children(ctx)).toBe(0);
      cancel();
      await waitUntilBlocked();
      expect(await pool.stop()).toEqual(nothingLeft);
    }));
});

describe("the context of a call", () => {
  const why = new Error("why");

  // R169, P58
  test.each(["send", "submit"] as const)("that is canceled ends a waiting call of %s", (door) =>
    inAnyOrder(async () => {
      const held = new Held();
      const [ctx, cancel] = withCancelCause(background());
      const pool = new WorkerPool(held.f, { workers: 1, queueSize: 1 });
      await pool.send(1);
      await pool.send(2);
      const waiting = [pool[door](3, { ctx }), pool.send(4)] as const;
      expect(await stateOf(waiting[0])).toBe("pending");
      cancel(why);
      await expect(waiting[0]).rejects.toBe(why);
      expect([pool.stats().waiting, children(ctx)]).toEqual([1, 0]);
      await held.letGo(3);
      await pool.stop();
      expect(held.begun).toEqual([1, 2, 4]);
      expect(await all(pool.results)).toHaveLength(3);
      expect(pool.stats().canceled).toBe(0);
    }),
  );

  // R170
  test.each(["send", "submit"] as const)("that is canceled makes %s refuse, also if workers are idle", (door) =>
    inAnyOrder(async () => {
      const [ctx, cancel] = withCancelCause(background());
      cancel(why);
      const pool = new WorkerPool(listens, { workers: 1 });
      await expect(pool[door](1, { ctx })).rejects.toBe(why);
      await pool.stop();
      expect(await all(pool.results)).toEqual([]);
    }),
  );

  // R170
  test("that ends cancels the jobs that were accepted, in the queue and at work, and no others", () =>
    inAnyOrder(async () => {
      const start = now();
      const [ctx, cancel] = withCancelCause(background());
      const pool = new WorkerPool(listens, { workers: 2, queueSize: 3 });
      await pool.send(40, { ctx });
      await pool.send(20);
      await pool.send(50, { ctx });
      await pool.send(30);
      const task = await pool.submit(60, { ctx });
      await time.sleep(5);
      // A listener for each, and the context that the running function waits for.
      expect(children(ctx)).toBe(4);
      cancel(why);
      await expect(task.result).rejects.toBe(why);
      expect(now() - start).toBe(5);
      expect(await pool.stop()).toEqual(nothingLeft);
      expect(now() - start).toBe(35);
      const reported = (await all(pool.results)).map(({ job, status, attempts, error }) => [
        job,
        status,
        attempts,
        error,
      ]);
      expect(reported.slice(0, 2).sort()).toEqual([
        [40, "canceled", 1, why],
        [50, "canceled", 0, why],
      ]);
      expect(reported.slice(2)).toEqual([
        [20, "done", 1, undefined],
        [30, "done", 1, undefined],
      ]);
      expect(children(ctx)).toBe(0);
    }));

  test("gives its values to the function, and is not ended by the job's end", () =>
    inAnyOrder(async () => {
      const key = context.key<string>("user");
      const [ctx, cancel] = withCancel(background());
      const seen: Context[] = [];
      const pool = new WorkerPool<number, string | undefined>(
        (given) => {
          seen.push(given);
          return given.value(key);
        },
        { workers: 1 },
      );
      const task = await pool.submit(1, { ctx: withValue(ctx, key, "gopher") });
      expect(await task.result).toBe("gopher");
      await waitUntilBlocked();
      expect([isOver(ctx), children(ctx)]).toEqual([false, 0]);
      expect(isOver(seen[0] as Context)).toBe(true);
      await pool.stop();
      cancel();
    }));
});

describe("a task", () => {
  // P52
  test("has one promise, which can be read early or late, and an outcome after the end of the job", () =>
    inAnyOrder(async () => {
      const pool = new WorkerPool(listens, { workers: 1 });
      const task = await pool.submit(10);
      expect([task.job, task.outcome]).toEqual([10, undefined]);
      const early = task.result;
      expect(await stateOf(early)).toBe("pending");
      expect(await early).toBe(10);
      expect(task.result).toBe(early);
      expect(task.outcome).toEqual({ status: "done", job: 10, attempts: 1, value: 10 });

      const other = await pool.submit(20);
      await time.sleep(30);
      expect(other.outcome?.status).toBe("done");
      expect(await other.result).toBe(20);
      expect(other.result).toBe(other.result);
      await pool.stop();
    }));

  // R174, P52
  test("that fails rejects its own promise only, in whatever order they are awaited", () =>
    inAnyOrder(async () => {
      const pool = new WorkerPool<number, number>(
        (_, job) => {
          if (job % 2 === 0) throw new Error(`bad ${job}`);
          return job;
        },
        { workers: 3 },
      );
      const tasks: PoolTask<number, number>[] = [];
      for (let job = 0; job < 10; job++) tasks.push(await pool.submit(job));
      await time.sleep(1);
      const reported = await Promise.all(
        tasks.map(({ result }) => result.catch((error: unknown) => (error as Error).message)),
      );
      expect(reported).toEqual(["bad 0", 1, "bad 2", 3, "bad 4", 5, "bad 6", 7, "bad 8", 9]);
      expect(tasks[2]?.outcome).toEqual({ status: "failed", job: 2, attempts: 1, error: error("bad 2") });
      await pool.stop();
    }));

  // R169
  test("that is canceled in the queue is not run, and leaves its place to a waiting call", () =>
    inAnyOrder(async () => {
      const held = new Held();
      const pool = new WorkerPool(held.f, { workers: 1, queueSize: 1 });
      await pool.send(1);
      const task = await pool.submit(2);
      const waiting = pool.submit(3);
      expect(await stateOf(waiting)).toBe("pending");
      task.cancel();
      await expect(task.result).rejects.toBeInstanceOf(context.Canceled);
      expect(task.outcome).toMatchObject({ status: "canceled", attempts: 0 });
      expect((await waiting).job).toBe(3);
      expect(pool.stats()).toMatchObject({ queued: 1, waiting: 0, canceled: 1 });
      await held.letGo(2);
      expect(await pool.stop()).toEqual(nothingLeft);
      expect(held.begun).toEqual([1, 3]);
    }));

  // R169, and what piscina and workerpool get wrong
  test("that is canceled at work ends its own context and no other", () =>
    inAnyOrder(async () => {
      const start = now();
      const why = new Error("not needed");
      const pool = new WorkerPool(listens, { workers: 3 });
      const tasks = [await pool.submit(20), await pool.submit(30), await pool.submit(40)] as const;
      await time.sleep(5);
      tasks[1].cancel(why);
      tasks[1].cancel(new Error("too late"));
      await expect(tasks[1].result).rejects.toBe(why);
      expect(now() - start).toBe(5);
      expect(tasks[1].outcome).toEqual({ status: "canceled", job: 30, attempts: 1, error: why });
      expect(await tasks[0].result).toBe(20);
      expect(await tasks[2].result).toBe(40);
      await pool.stop();
    }));

  // P47
  test("that is canceled is over at once, but its worker is held until the function returns", () =>
    inAnyOrder(async () => {
      const start = now();
      const pool = new WorkerPool(isStubborn, { workers: 1 });
      const task = await pool.submit(100);
      const next = pool.submit(10);
      await time.sleep(20);
      task.cancel();
      await expect(task.result).rejects.toThrow("context canceled");
      expect(now() - start).toBe(20);
      expect(pool.stats()).toMatchObject({ running: 1, abandoned: 1, waiting: 1, canceled: 1 });
      await next;
      expect(now() - start).toBe(100);
      expect(pool.stats()).toMatchObject({ running: 1, abandoned: 0 });
      expect(task.outcome).toEqual({ status: "canceled", job: 100, attempts: 1, error: error("context canceled") });
      expect(await pool.stop()).toEqual(nothingLeft);
    }));

  test("that is done is not canceled any more", () =>
    inAnyOrder(async () => {
      const pool = new WorkerPool(listens, { workers: 1 });
      const task = await pool.submit(1);
      await time.sleep(2);
      task.cancel(new Error("too late"));
      expect(await task.result).toBe(1);
      expect(task.outcome?.status).toBe("done");
      await pool.stop();
    }));

  // R116
  test("has the first cause, its own or that of the pool", () =>
    inAnyOrder(async () => {
      for (const [first, reported] of [
        ["own", "mine"],
        ["pool", "of all"],
      ] as const) {
        const [ctx, cancel] = withCancelCause(background());
        const pool = new WorkerPool(listens, { workers: 1, queueSize: 1, ctx });
        const tasks = [await pool.submit(hour), await pool.submit(hour)];
        await waitUntilBlocked();
        if (first === "pool") cancel(new Error("of all"));
        for (const task of tasks) task.cancel(new Error("mine"));
        if (first === "own") cancel(new Error("of all"));
        for (const { result } of tasks) await expect(result).rejects.toThrow(reported);
        await pool.stop();
      }
    }));

  test("is canceled with an Error only, and what refuses another changes nothing", () =>
    inAnyOrder(async () => {
      const [ctx, cancel] = withCancel(background());
      const pool = new WorkerPool(listens, { workers: 1, queueSize: 1 });
      const tasks = [await pool.submit(10), await pool.submit(10, { ctx })];
      const before = children(ctx);
      for (const task of tasks) {
        const says = 'PoolTask.cancel: cause must be an Error, got "because"';
        expect(() => task.cancel("because" as never)).toThrow(new TypeError(says));
        expect(await task.result).toBe(10);
      }
      expect(before).toBe(1);
      await pool.stop();
      cancel();
    }));
});

describe("a job that throws", () => {
  const nameless: unknown = Object.create(null);

  // R174, P27
  test.each<[name: string, thrown: unknown, message: string]>([
    ["an Error", new RangeError("bad"), "bad"],
    ["a PanicError", new PanicError("send on closed channel"), "send on closed channel"],
    ["a string", "bad", "bad"],
    ["undefined", undefined, "undefined"],
    ["null", null, "null"],
    ["a symbol", Symbol("bad"), "Symbol(bad)"],
    ["what has no name", nameless, "[object Object]"],
    ["a promise", Promise.resolve(1), "[object Promise]"],
  ])("%s has failed, and its worker lives on", (_, thrown, message) =>
    inAnyOrder(async () => {
      const pool = new WorkerPool<string, string>(
        (_, job) => {
          if (job === "throw") throw thrown;
          return job === "reject" ? Promise.reject(thrown) : job;
        },
        { workers: 1 },
      );
      for (const job of ["throw", "reject", "work"]) await pool.send(job);
      await pool.stop();
      const reported = await all(pool.results);
      for (const outcome of reported.slice(0, 2)) {
        expect(outcome).toMatchObject({ status: "failed", attempts: 1 });
        expect("value" in outcome).toBe(false);
        expect(outcome.error).toBeInstanceOf(Error);
        expect(outcome.error?.message).toBe(message);
        expect(thrown instanceof Error ? outcome.error : outcome.error?.cause).toBe(thrown);
      }
      expect(reported[2]).toEqual({ status: "done", job: "work", attempts: 1, value: "work" });
      expect(pool.stats()).toMatchObject({ processed: 3, failed: 2, workers: 0 });
    }),
  );
});

describe("stopOnError", () => {
  const failing = async (ctx: Context, job: number): Promise<number> => {
    await listens(ctx, job);
    if (job % 10 === 5) throw new Error(`bad ${job}`);
    return job;
  };

  // R171, P12, P27
  test.each<PoolOptions<number, number>>([{}, { stopOnError: false }])("%p continues with the other jobs", (options) =>
    inAnyOrder(async () => {
      const pool = new WorkerPool(failing, { workers: 2, queueSize: 2, ...options });
      for (const job of [5, 10, 15, 20, 25]) await pool.send(job);
      expect(await pool.stop()).toEqual(nothingLeft);
      const reported = (await all(pool.results)).map(({ status, job }) => `${job} ${status}`);
      expect(reported.sort()).toEqual(["10 done", "15 failed", "20 done", "25 failed", "5 failed"]);
      expect(pool.stats()).toMatchObject({ processed: 5, failed: 3, canceled: 0 });
    }),
  );

  // R171, B19
  test("true ends the pool at the first error in time, and releases all waiting calls", () =>
    inAnyOrder(async () => {
      const start = now();
      const pool = new WorkerPool(failing, { workers: 3, queueSize: 1, stopOnError: true });
      await pool.send(10);
      await pool.send(35);
      await pool.send(25);
      await pool.send(50);
      const waiting = [pool.send(60), pool.submit(70)];
      const states = waiting.map((promise) => promise.then(String, (error: unknown) => String(error)));
      const report = await pool.stop();
      // The stop accepts the waiting calls; 50 takes the place of 10.
      expect(now() - start).toBe(25);
      expect(report).toEqual({ unfinished: [35, 50, 60, 70], abandoned: 0, cause: error("bad 25") });
      expect(await states[0]).toBe("undefined");
      const reported = (await all(pool.results)).map(({ status, job }) => `${job} ${status}`);
      expect(reported.slice(0, 2)).toEqual(["10 done", "25 failed"]);
      expect(reported.slice(2).sort()).toEqual(["35 canceled", "50 canceled", "60 canceled"]);
      await expect(pool.send(1)).rejects.toMatchObject({ name: "StoppedError", cause: error("bad 25") });
    }));

  // R171, B19
  test("true releases the calls that wait for acceptance", () =>
    inAnyOrder(async () => {
      const pool = new WorkerPool(failing, { workers: 2, stopOnError: true });
      await pool.send(5);
      await pool.send(1000);
      let accepted = 0;
      const submit = async (): Promise<void> => {
        for (;;) {
          await pool.send(1000);
          accepted++;
        }
      };
      await expect(submit()).rejects.toThrow("bad 5");
      const { unfinished, cause } = await pool.stop();
      expect(cause?.message).toBe("bad 5");
      const reported = (await all(pool.results)).map(({ status }) => status);
      expect(reported[0]).toBe("failed");
      expect(reported.slice(1).every((status) => status === "canceled")).toBe(true);
      expect([reported.length, unfinished.length]).toEqual([2 + accepted, 1 + accepted]);
    }));
});

describe("the options of a pool", () => {
  const whole = (name: string, range: string, got: unknown): string =>
    `WorkerPool: ${name} must be a whole number, ${range}, got ${shown(got)}`;
  const number = (name: string, range: string, got: unknown): string =>
    `WorkerPool: ${name} must be a number, ${range}, got ${shown(got)}`;
  const notWhole = [1.5, NaN, -1, -Infinity, "3", null, [], 2 ** 53];
  const notPositive = [NaN, -1, -Infinity, "3", null, {}, 3n];

  const wrong: [options: Record<string, unknown>, message: string][] = [];
  const say = (options: Record<string, unknown>, message: string): void => void wrong.push([options, message]);
  for (const got of [0, Infinity, ...notWhole.filter((value) => value !== null)]) {
    say({ workers: got }, whole("workers", "1 or more", got));
  }
  for (const got of notWhole.filter((value) => value !== null)) {
    say({ queueSize: got }, whole("queueSize", "0 or more", got));
    say({ retry: { retries: got } }, whole("retry.retries", "0 or more", got));
  }
  say({ retry: -1 }, whole("retry.retries", "0 or more", -1));
  say({ retry: {} }, whole("retry.retries", "0 or more", undefined));
  for (const got of notPositive.filter((value) => value !== null)) {
    for (const name of ["timeout", "gracePeriod", "rate"]) say({ [name]: got }, number(name, "0 or more", got));
    for (const name of ["delay", "maxDelay"]) {
      say({ retry: { retries: 1, [name]: got } }, number(`retry.${name}`, "0 or more", got));
    }
  }
  for (const got of [0.9, NaN, "2"]) {
    say({ retry: { retries: 1, factor: got } }, number("retry.factor", "1 or more", got));
  }
  for (const got of [-0.1, 1.1, NaN, "1"]) {
    say({ retry: { retries: 1, jitter: got } }, number("retry.jitter", "from 0 to 1", got));
  }

  // R173, B21
  test.each(wrong)("cannot be %p", (options, message) => {
    expect(() => new WorkerPool(listens, options)).toThrow(new RangeError(message));
  });

  const always = (): boolean => true;
  const mistaken: [options: Record<string, unknown>, message: string][] = [
    [{ ctx: {} }, "WorkerPool: ctx must be a context, got [object Object]"],
    [{ ctx: "background" }, 'WorkerPool: ctx must be a context, got "background"'],
    [{ stopOnError: "cancel" }, 'WorkerPool: stopOnError must be a boolean, got "cancel"'],
    ...["workers", "ctx", "stopOnError", "retry", "queueSize", "onEvent"].map(
      (name): [Record<string, unknown>, string] => [
        { [name]: null },
        `WorkerPool: ${name} must not be null; leave it out for the default`,
      ],
    ),
    [
      { worker: 1 },
      "WorkerPool: unknown option worker; the options are workers, stopOnError, retry, timeout, rate, gracePeriod, onWorkerStart, " +
        "onWorkerStop, onEvent, queueSize, ctx, signal, priority, source, onSourceError",
    ],
    ...Object.entries({
      concurrency: "workers",
      limit: "workers",
      max: "workers",
      maxConcurrency: "workers",
      maxConcurrent: "workers",
      maxThreads: "workers",
      maxWorkers: "workers",
      min: "workers",
      minThreads: "workers",
      minWorkers: "workers",
      size: "workers",
      threads: "workers",
      onError: "stopOnError",
      retries: "retry",
      interval: "rate",
      intervalCap: "rate",
      capacity: "queueSize",
      highWater: "queueSize",
      maxQueue: "queueSize",
      queue: "queueSize",
      grace: "gracePeriod",
      closeTimeout: "gracePeriod",
    }).map(([name, instead]): [Record<string, unknown>, string] => [
      { [name]: 1 },
      `WorkerPool: unknown option ${name}; write ${instead} instead`,
    ]),
    [{ retry: { retries: 1, when: always } }, "WorkerPool: retry: unknown option when; write shouldRetry instead"],
    [
      { ctx: new AbortController().signal },
      "WorkerPool: ctx must be a context, got an AbortSignal; write signal: for an AbortSignal",
    ],
    [{ signal: background() }, "WorkerPool: signal must be an AbortSignal, got a Context; write ctx: for a context"],
    [{ ctx: background(), signal: new AbortController().signal }, "WorkerPool: ctx and signal must not both be set"],
    [{ retry: "3" }, 'WorkerPool: retry must be a number or an object, got "3"'],
    [
      { retry: { retries: 1, dely: 5 } },
      "WorkerPool: retry: unknown option dely; the options are retries, delay, factor, maxDelay, jitter, shouldRetry, retryAfter, " +
        "maxRetryAfter",
    ],
    [{ retry: { retries: 1, delay: null } }, "WorkerPool: retry: delay must not be null; leave it out for the default"],
    [{ stopOnError: Symbol("x") }, "WorkerPool: stopOnError must be a boolean, got Symbol(x)"],
    ...["priority", "onWorkerStart", "onWorkerStop", "onEvent"].map((name): [Record<string, unknown>, string] => [
      { [name]: 1 },
      `WorkerPool: ${name} must be a function, got 1`,
    ]),
    [
      { retry: { retries: 1, shouldRetry: "always" } },
      'WorkerPool: retry.shouldRetry must be a function, got "always"',
    ],
  ];

  // R173
  test.each(mistaken)("cannot be %p", (options, message) => {
    expect(() => new WorkerPool(listens, options)).toThrow(new TypeError(message));
  });

  // R173
  test.each([undefined, null, 1, "f", {}])("need a function, and %p is not one", (f) => {
    const says = `WorkerPool: f must be a function, got ${shown(f)}`;
    expect(() => new WorkerPool(f as never)).toThrow(new TypeError(says));
  });

  // R173
  test("that are wrong leave no listener on the context", () => {
    const [ctx, cancel] = withCancel(background());
    expect(() => new WorkerPool(listens, { ctx, workers: 0 })).toThrow(RangeError);
    expect(() => new WorkerPool(null as never, { ctx })).toThrow(TypeError);
    expect(children(ctx)).toBe(0);
    cancel();
  });

  test("may be at their limits", () =>
    inAnyOrder(async () => {
      for (const options of [
        { queueSize: 0, timeout: Infinity, gracePeriod: Infinity, rate: Infinity, workers: 1 },
        {
          queueSize: Infinity,
          gracePeriod: 0,
          retry: { retries: Infinity, delay: 0, factor: 1, maxDelay: 0, jitter: 0 },
        },
        { workers: 2, retry: { retries: 0, jitter: 1 } },
        { workers: 200, retry: 0 },
      ]) {
        const pool = new WorkerPool(listens, options);
        expect(await (await pool.submit(1)).result).toBe(1);
        await pool.stop();
      }
    }));
});

// R165, R166, R169, R170: whatever happens in whatever order
test("each call settles, and each accepted job has one outcome, in any order of events", () =>
  inAnyOrder(async (seed) => {
    for (let round = 0; round < 8; round++) {
      const chance = new Prng(seed * 100 + round);
      const oneOf = <T>(...values: T[]): T => values[chance.randomInt(values.length)] as T;
      const workers = 1 + chance.randomInt(4);
      const [ctx, cancel] = withCancelCause(background());
      const calls = new Map<number, number>();
      const ended = new Map<number, JobOutcome<number, number>[]>();
      let running = 0;
      const pool = new WorkerPool<number, number>(
        async (own, job) => {
          calls.set(job, (calls.get(job) ?? 0) + 1);
          expect(++running).toBeLessThanOrEqual(workers);
          try {
            return await oneOf(listens, listens, isStubborn)(own, chance.randomInt(8));
          } finally {
            running--;
            if (chance.randomInt(10) === 0) throw new Error("bad");
          }
        },
        {
          workers,
          queueSize: oneOf(0, 0, 1, 3, Infinity),
          ctx,
          gracePeriod: oneOf(0, 3, 100),
          stopOnError: oneOf(false, false, true),
          ...(oneOf(true, false) ? { priority: (job) => job % 3 } : {}),
          ...(oneOf(true, false) ? { timeout: 5 } : {}),
          onEvent: (event) => {
            if (event.type !== "ended") return;
            ended.set(event.outcome.job, [...(ended.get(event.outcome.job) ?? []), event.outcome]);
          },
        },
      );
      const accepted = new Set<number>();
      const sent = new Set<number>();
      const tasks: PoolTask<number, number>[] = [];
      const wg = new WaitGroup();
      const [shared, cancelShared] = withCancel(background());
      const come = async (job: number): Promise<void> => {
        await time.sleep(chance.randomInt(20));
        const own = oneOf(undefined, undefined, shared);
        try {
          if (oneOf(true, false)) {
            if (oneOf(true, false) ? pool.trySend(job) : (await pool.send(job, { ctx: own }), true)) {
              sent.add(job);
              accepted.add(job);
            }
            return;
          }
          const task = oneOf(true, false) ? pool.trySubmit(job) : await pool.submit(job, { ctx: own });
          if (task === undefined) return;
          accepted.add(job);
          tasks.push(task);
          if (oneOf(true, false, false)) {
            await time.sleep(chance.randomInt(10));
            task.cancel();
          }
          await task.result;
        } catch {
          // Whether it should have been is seen below.
        }
      };
      for (let job = 0; job < 30; job++) wg.go(() => come(job));
      if (oneOf(true, false)) wg.go(() => time.sleep(chance.randomInt(25)).then(() => cancelShared()));
      if (oneOf(true, false)) wg.go(() => time.sleep(chance.randomInt(25)).then(() => cancel(new Error("why"))));
      await time.sleep(chance.randomInt(25));
      const [limit, cancelLimit] = withTimeoutCause(background(), chance.randomInt(12), new Error("late"));
      const stopped = oneOf(true, false) ? pool.stop(limit) : pool.stop();
      await wg.wait();
      const report = await stopped;
      const reported = await all(pool.results);

      expect(new Set(reported.map(({ job }) => job))).toEqual(sent);
      expect(reported).toHaveLength(sent.size);
      expect(tasks.every((task) => ended.get(task.job)?.[0] === task.outcome)).toBe(true);
      expect(new Set(ended.keys())).toEqual(accepted);
      expect([...ended.values()].every((outcomes) => outcomes.length === 1)).toBe(true);
      expect([...calls.values()].every((count) => count === 1)).toBe(true);
      for (const [outcome] of ended.values()) expect(calls.get(outcome?.job as number) ?? 0).toBe(outcome?.attempts);

      const outcomes = [...ended.values()].flat();
      const { processed, failed, canceled, queued, waiting } = pool.stats();
      const count = (status: string): number => outcomes.filter((outcome) => outcome.status === status).length;
      expect([queued, waiting]).toEqual([0, 0]);
      expect(processed).toBe(count("done") + count("failed"));
      expect(failed).toBe(count("failed"));
      expect(canceled).toBe(count("canceled"));
      const byPool = outcomes.filter(({ status, error }) => status === "canceled" && error === report.cause);
      expect([...report.unfinished].sort()).toEqual(byPool.map(({ job }) => job).sort());
      cancel();
      cancelShared();
      cancelLimit();
      await time.sleep(20);
      expect([running, pool.stats().running, pool.stats().abandoned]).toEqual([0, 0, 0]);
    }
  }));

// B15, P52: no rejected promise of a pool ends the process, and an abandoned pool does not keep it alive
test("a program can drop pools, and the promises of their methods", async () => {
  const { code, stdout, stderr } = await runSource(`
    import { context, main, time, WorkerPool } from "goro";
    const [ctx, cancel] = context.withCancel(context.background());
    const f = async (_ctx, job) => { if (job < 0) throw new Error("bad"); await time.sleep(job); };
    const pool = new WorkerPool(f, { workers: 2, ctx });
    await pool.send(-1);
    const task = await pool.submit(-2);
    task.result;
    await pool.send(1000);
    await pool.send(1000);
    const late = pool.send(1).catch((error) => console.log(error.message));
    const task2 = pool.submit(1).catch((error) => console.log(error.message));
    await time.sleep(5);
    cancel();
    await time.sleep(50);
    await task.result.catch((error) => console.log(error.message));
    await Promise.all([late, task2]);
    const idle = new WorkerPool(f, { workers: 4 });
    const resized = new WorkerPool(f, { workers: 4 });
    for (let i = 0; i < 4; i++) await resized.send(1);
    resized.resize(1);
    await idle.send(1);
    console.log("end");
  `);
  expect({ code, stdout, stderr }).toEqual({
    code: 0,
    stdout: "context canceled\ncontext canceled\nbad\nend\n",
    stderr: "",
  });
});
