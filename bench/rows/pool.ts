// What a job costs in a pool of workers: made of channels by hand, or ready-made.

import { sumBelow } from "./channels.ts";
import type { Row } from "./row.ts";

export const WORKERS = 4;
export const CAPACITY = 100;

const poolChannels: Row<"channels"> = {
  id: "pool-channels",
  title: "pool by hand: 4 workers, jobs (100), results (100)",
  unit: "ns",
  n: 500_000,
  goal: [
    { words: "<= 400", value: 400 },
    { words: "half of every peer", factor: 0.5, than: "peers" },
  ],
  needs: "channels",
  expected: (n) => 2 * sumBelow(n),
  async run(kit, n) {
    const jobs = kit.make(CAPACITY);
    const results = kit.make(CAPACITY);
    const sending = (async () => {
      for (let i = 0; i < n; i++) await kit.send(jobs, i);
      await kit.close(jobs);
    })();
    const work = async (): Promise<void> => {
      for (let job; (job = kit.value(await kit.receive(jobs))) !== undefined;) await kit.send(results, 2 * job);
    };
    const working = Promise.all(Array.from({ length: WORKERS }, work)).then(() => kit.close(results));
    let sum = 0;
    for (let result; (result = kit.value(await kit.receive(results))) !== undefined;) sum += result;
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
  goal: [
    { words: "below p-map", factor: 1, than: "p-map" },
    { words: "a quarter of fastq", factor: 0.25, than: "fastq" },
  ],
  needs: "pool",
  expected: (n) => 2 * sumBelow(n),
  async run(kit, n, meter) {
    const items = Array.from({ length: n }, (_, i) => i);
    const double = async (item: number): Promise<number> => 2 * item;
    meter.start();
    const results = await kit.map(items, double, WORKERS);
    meter.stop();
    let sum = 0;
    for (const result of results) sum += result;
    return sum;
  },
};

export const pool: readonly Row[] = [poolChannels, poolMap];
