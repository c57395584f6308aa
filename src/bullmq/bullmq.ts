/// <reference lib="esnext.disposable" preserve="true" />
// goro/bullmq: pools on several machines, over BullMQ on Redis or Postgres.

export type { KeepOptions, QueueCounts, QueueOptions } from "./options.ts";
export type { QueueOutcome } from "./outcomes.ts";
export type { JobChannel } from "./producer.ts";
export { type JobQueue, queue } from "./queue.ts";
