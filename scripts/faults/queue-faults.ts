// Load that is not a fault, but that queues are known to fail under: many producers, retries, priorities, a rate, repeated jobs.

import type { Fault } from "./fault.ts";
import { retries } from "./queue.ts";

const producers = 16;
const depth = 8;

/** By how much the length of the queue may exceed its depth for each producer. */
const excess = 16;

const boundedProducers: Fault = {
  name: `${producers} producers against the bound`,
  queue: { depth },
  async run(stage) {
    stage.read();
    const channels = Array.from({ length: producers }, () => stage.producer());
    let greatest = 0;
    const watch = async (): Promise<boolean> => {
      const { waiting } = await stage.queue.counts();
      greatest = Math.max(greatest, waiting);
      return stage.accepted.size === stage.jobs;
    };
    const numbers = Array.from({ length: stage.jobs }, (_, n) => n);
    const sends = numbers.map((n) => stage.sendJob(n, channels[n % producers]));
    // Without a worker, all producers wait.
    let before = -1;
    await stage.until(
      "all producers wait",
      async () => {
        await watch();
        const isStable = stage.accepted.size === before && before >= depth;
        before = stage.accepted.size;
        return isStable;
      },
      1000,
    );
    stage.check(before < stage.jobs, "no producer had to wait");
    await stage.start();
    await stage.until("all jobs are sent", watch, 20);
    await Promise.all(sends);
    stage.check(greatest >= depth, `the queue had only ${greatest} jobs`);
    const limit = depth + producers * excess;
    stage.check(greatest <= limit, `the queue had ${greatest} jobs, and the bound is ${limit}`);
    stage.notes.push(`at most ${greatest} of ${limit} waited, ${before} before there was a worker`);
    await stage.finish();
  },
};

const retried: Fault = {
  name: "jobs that fail and are retried",
  job: (n) => (n % 5 === 0 ? { act: n % 10 === 0 ? "flaky" : "fail" } : {}),
  async run(stage) {
    stage.read();
    // The error of a job that always fails is not retried.
    stage.expectRuns((n) => (n % 10 === 0 ? 1 + retries : 1));
    await stage.start();
    await stage.start();
    void stage.send();
    await stage.finish((n) => n % 10 === 5);
    const flaky = Array.from({ length: stage.jobs }, (_, n) => n).filter((n) => n % 10 === 0);
    const isRetried = flaky.every((n) => stage.ledger.startsOf(n) === 1 + retries);
    stage.check(isRetried, "a job that fails twice was not started three times");
    stage.notes.push(`${flaky.length} retried twice`);
  },
};

const priorities: Fault = {
  name: "priorities",
  queue: { depth: null, priorities: 3 },
  job: () => ({ ms: 1 }),
  async run(stage) {
    stage.read();
    await stage.send();
    await stage.start({ workers: 1 });
    await stage.finish();
    const started = stage.ledger.of("start").map(({ n }) => n % 3);
    const isOrdered = started.every((priority, i) => i === 0 || priority <= (started[i - 1] as number));
    stage.check(isOrdered, "a job was started before one of a greater priority");
  },
};

/** How many times the rate the number of jobs is. */
const seconds = 4;

function rate(jobs: number): Fault {
  const perSecond = jobs / seconds;
  return {
    name: "a rate",
    queue: { rate: perSecond },
    job: () => ({ ms: 10 }),
    async run(stage) {
      stage.read();
      await stage.start();
      await stage.start();
      void stage.send();
      await stage.finish();
      const times = stage.ledger.of("start").map(({ time }) => time);
      const took = Math.max(...times) - Math.min(...times);
      // The server counts in windows of a second: the first and the last may be short.
      const least = (seconds - 2) * 1000;
      stage.check(
        took >= least,
        `${times.length} jobs were started in ${took} ms, faster than ${perSecond} in a second`,
      );
      stage.notes.push(`${perSecond} in a second: ${took} ms`);
    },
  };
}

const sentTwice: Fault = {
  name: "the same job sent twice",
  async run(stage) {
    stage.read();
    await stage.start();
    await stage.start();
    const other = stage.producer();
    void stage.send();
    // By another producer, at about the same time.
    for (let n = 0; n < stage.jobs; n++) await stage.sendJob(n, other);
    await stage.finish();
  },
};

export const queueFaults = (jobs: number): readonly Fault[] => [
  boundedProducers,
  retried,
  priorities,
  rate(jobs),
  sentTwice,
];
