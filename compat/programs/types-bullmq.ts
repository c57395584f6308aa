// The types of goro/bullmq, beside its peer dependencies.

import { WorkerPool } from "goro";
import { type JobQueue, queue } from "goro/bullmq";

export function poolOf(redis: string): WorkerPool<number, string> {
  const numbers: JobQueue<number, string> = queue<number, string>("numbers", { redis });
  return new WorkerPool(async (_ctx, n: number) => `${n}`, { source: numbers.deliveries() });
}
