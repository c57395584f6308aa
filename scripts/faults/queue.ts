// The queue of a fault, as its processes describe it.

import { type JobQueue, queue } from "goro/bullmq";

/** What a job does when it is run. */
export type JobAct =
  /** It works for `ms` milliseconds. */
  | "work"
  /** It ends its process each time. */
  | "poison"
  /** It blocks the event loop for `ms` milliseconds in its first attempt. */
  | "block"
  /** It works for `ms` milliseconds in its first attempt, and is short later. */
  | "long"
  /** It fails in its first two attempts. */
  | "flaky"
  /** It always fails. */
  | "fail";

export interface FaultJob {
  readonly n: number;
  readonly ms: number;
  readonly act: JobAct;
}

/** How often the queue of a fault retries a job. */
export const retries = 2;

/** The options of a queue that a process can be given as text. */
export interface QueueSettings {
  readonly engine: "redis" | "postgres";
  readonly url: string;
  readonly name: string;
  readonly lease: number;
  readonly sweep: number;
  readonly maxStalls: number;

  /** The number of jobs that may wait; null for any number, because JSON has no Infinity. */
  readonly depth: number | null;

  /** How many jobs may start in a second; 0 for any number. */
  readonly rate: number;

  /** The number of priorities: job `n` has the priority `n % priorities`. 0 for a queue without priorities. */
  readonly priorities: number;
}

export function makeQueue(settings: QueueSettings, onError: (error: Error) => void): JobQueue<FaultJob, number> {
  const { engine, url, name, depth, rate, priorities, ...numbers } = settings;
  return queue<FaultJob, number>(name, {
    ...(engine === "redis" ? { redis: url } : { postgres: url }),
    ...numbers,
    ...(rate === 0 ? {} : { rate }),
    ...(priorities === 0 ? {} : { priority: ({ n }) => n % priorities }),
    depth: depth ?? Infinity,
    retry: { retries, delay: 50, shouldRetry: ({ message }) => message.startsWith("try again") },
    id: ({ n }) => `job-${n}`,
    outcomes: true,
    onError,
  });
}
