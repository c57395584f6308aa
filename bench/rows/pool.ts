// The cost of a job in a pool of workers: a pool of channels by hand, and a WorkerPool.

import { sumBelow } from "./channels.ts";
import type { Row } from "./row.ts";

export const WORKERS = 4;
export const CAPACITY = 100;

const poolChannels: Row<"channels"> = {
  id: "pool-channels",
  title: "pool by hand: 4 workers, jobs (100), results (100)",
  unit: "ns",
  n: 500_000,
  goal: { words: "<= 1.9 x Go", factor: 1.9, than: "go" },
  needs: "channels",
  expected: (n) => 2 * sumBelow(n),
  async run(adapter, n) {
    const jobs = adapter.make(CAPACITY);
    const results = adapter.make(CAPACITY);
    const sending = (async () => {
      for (let i = 0; i < n; i++) await adapter.send(jobs, i);
      await adapter.close(jobs);
    })();
    const work = async (): Promise<void> => {
      for (let job; (job = adapter.value(await adapter.receive(jobs))) !== undefined;)
        await adapter.send(results, 2 * job);
    };
    const working = Promise.all(Array.from({ length: WORKERS }, work)).then(() => adapter.close(results));
    let sum = 0;
    for (let result; (result = adapter.value(await adapter.receive(results))) !== undefined;) sum += result;
    await sending;
    await working;
    return sum;
  },
};

const poolMap: Row<"pool"> = {
  id: "pool-map",
  title: "map of trivial async jobs, 4 at a time",
  unit: "ns",
  n: 200_000,
  goal: { words: "<= 1.9 x async.mapLimit", factor: 1.9, than: "async" },
  needs: "pool",
  expected: (n) => 2 * sumBelow(n),
  async run(adapter, n, meter) {
    const items = Array.from({ length: n }, (_, i) => i);
    const double = async (item: number): Promise<number> => 2 * item;
    meter.start();
    const results = await adapter.map(items, double, WORKERS);
    meter.stop();
    let sum = 0;
    for (const result of results) sum += result;
    return sum;
  },
};

const poolRun: Row = {
  id: "pool-run",
  title: "jobs of a `WorkerPool`, one at a time, each awaited",
  unit: "ns",
  n: 100_000,
  go: null,
  needs: null,
  expected: (n) => 2 * sumBelow(n),
};

const poolSubmit: Row = {
  id: "pool-submit",
  title: "jobs submitted to a `WorkerPool`, 100 at a time",
  unit: "ns",
  n: 100_000,
  go: null,
  needs: null,
  expected: (n) => 2 * sumBelow(n),
};

export const pool: readonly Row[] = [poolChannels, poolMap, poolRun, poolSubmit];
