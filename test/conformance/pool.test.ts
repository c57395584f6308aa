// The guarantees of every worker pool: made by hand from channels, by `runPool`, or as a `WorkerPool`.

import { describe, expect, test } from "@jest/globals";
import {
  Channel,
  context,
  type Context,
  go,
  type JobOutcome,
  type ReceiveChannel,
  runPool,
  time,
  WaitGroup,
  WorkerPool,
} from "goro";
import { inBubble } from "../support/contexts.ts";

const seeds = [1, 2, 3];

type Work = (ctx: Context, job: number, worker: number) => Promise<number>;
type Result = JobOutcome<number, number>;
type Pool = (jobs: ReceiveChannel<number>, f: Work, workers: number) => ReceiveChannel<Result>;

/** Workers that range over one channel, and a goroutine that closes the results after the last worker has ended. */
function byHand(jobs: ReceiveChannel<number>, f: Work, workers: number): ReceiveChannel<Result> {
  const results = new Channel<Result>();
  const wg = new WaitGroup();
  for (let worker = 1; worker <= workers; worker++) {
    wg.go(async () => {
      for await (const job of jobs) {
        const value = await f(context.background(), job, worker);
        await results.send({ status: "done", job, attempts: 1, value });
      }
    });
  }
  go(async () => {
    await wg.wait();
    results.close();
  });
  return results;
}

function asFunction(jobs: ReceiveChannel<number>, f: Work, workers: number): ReceiveChannel<Result> {
  const results = new Channel<Result>();
  go(() => runPool(context.background(), jobs, results, f, { workers }));
  return results;
}

function asService(jobs: ReceiveChannel<number>, f: Work, workers: number): ReceiveChannel<Result> {
  const pool = new WorkerPool(f, { workers });
  go(async () => {
    for await (const job of jobs) await pool.send(job);
    await pool.stop();
  });
  return pool.results;
}

const kinds: readonly (readonly [string, Pool])[] = [
  ["channels and a WaitGroup", byHand],
  ["runPool", asFunction],
  ["WorkerPool", asService],
];

describe.each(kinds)("a pool made of %s", (_, pool) => {
  const workers = 5;
  const jobs = Array.from({ length: 1000 }, (_, job) => job);

  /** Sends the jobs, closes the channel, and returns all results after the pool has closed the results. */
  async function results(f: Work): Promise<Result[]> {
    const queue = new Channel<number>();
    go(async () => {
      for (const job of jobs) await queue.send(job);
      queue.close();
    });
    const all: Result[] = [];
    for await (const result of pool(queue, f, workers)) all.push(result);
    return all;
  }

  // T-P08; R165
  test.each(seeds)("runs as many jobs at once as it has workers, and never more (seed %i)", (seed) =>
    inBubble(
      async () => {
        let [running, most] = [0, 0];
        await results(async (_, job) => {
          most = Math.max(most, ++running);
          await time.sleep(1 + (job % 7));
          running--;
          return job;
        });
        expect([running, most]).toEqual([0, workers]);
      },
      { seed },
    ),
  );

  // T-P08; R166, R168
  test.each(seeds)("runs each job exactly once, and reports each exactly once (seed %i)", (seed) =>
    inBubble(
      async () => {
        const done: number[] = [];
        const outcomes = await results(async (_, job) => {
          await time.sleep(job % 3);
          done.push(job);
          return 2 * job;
        });
        const ascending = (numbers: number[]): number[] => numbers.sort((a, b) => a - b);
        expect(ascending(done)).toEqual(jobs);
        expect(ascending(outcomes.map(({ job }) => job))).toEqual(jobs);
        for (const { status, job, value } of outcomes) expect([status, value]).toEqual(["done", 2 * job]);
      },
      { seed },
    ),
  );

  // T-P08; R167
  test.each(seeds)("gives each worker its share, whether the jobs take equal time or not (seed %i)", (seed) =>
    inBubble(
      async () => {
        const shares = async (f: (job: number) => number): Promise<[number[], number]> => {
          const start = time.now();
          const share = new Array<number>(workers).fill(0);
          await results(async (_, job, worker) => {
            share[worker - 1] = (share[worker - 1] as number) + 1;
            await time.sleep(f(job));
            return job;
          });
          return [share, time.since(start)];
        };
        expect(await shares(() => 10)).toEqual([[200, 200, 200, 200, 200], 2000]);
        // One worker has a job that takes longer than all others together; the other workers finish those meanwhile.
        const [share, ms] = await shares((job) => (job === 0 ? 10_000 : 10));
        expect(share.sort((a, b) => a - b)).toEqual([1, 249, 250, 250, 250]);
        expect(ms).toBe(10_000);
      },
      { seed },
    ),
  );

  // T-P08; R172
  test.each(seeds)("reports the jobs in the order in which they finish (seed %i)", (seed) =>
    inBubble(
      async () => {
        const done: number[] = [];
        const outcomes = await results(async (_, job) => {
          // No two jobs end at the same instant.
          await time.sleep(1 + ((1000 * Math.SQRT2 * job) % 100));
          done.push(job);
          return job;
        });
        expect(outcomes.map(({ job }) => job)).toEqual(done);
        expect(done).not.toEqual(jobs);
      },
      { seed },
    ),
  );
});
