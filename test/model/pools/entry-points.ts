// The two entry points of the pool with one interface, so that both run the same histories. An operation that an entry point
// does not have is undefined.

import {
  Channel,
  type Context,
  context,
  go,
  type MapOptions,
  type PoolOptions,
  type PoolStats,
  receive,
  type ReceiveChannel,
  runPool,
  select,
  send,
  type PoolTask,
  WorkerPool,
} from "goro";
import type { PoolSpec } from "./history.ts";
import type { Job, JobOutcome, PoolRecord, Report } from "./record.ts";

export type EntryPointName = "WorkerPool" | "runPool";

export const entryPoints: readonly EntryPointName[] = ["WorkerPool", "runPool"];

export type JobFunc = (ctx: Context, job: Job, worker: number) => string | Promise<string>;

export interface EntryPoint {
  readonly results: ReceiveChannel<JobOutcome>;
  send(job: Job, ctx?: Context): Promise<void>;
  trySend(job: Job): boolean;
  submit?(job: Job, ctx?: Context): Promise<PoolTask<Job, string>>;
  trySubmit?(job: Job): PoolTask<Job, string> | undefined;
  map?(jobs: Iterable<Job> | AsyncIterable<Job>, options: MapOptions): AsyncIterable<string>;
  resize?(workers: number): void;
  stats?(): PoolStats;
  /** Waits for the end. If `ctx` is canceled first, the remaining jobs are canceled. */
  stop(ctx?: Context): Promise<Report>;
  /** Closes `results` as other code might; false if it was closed before. */
  closeResults?(): boolean;
  /** Removes and returns the jobs that were not received. */
  leftJobs?(): Job[];
  /** Sends to a channel until the callers are released; false if they were. */
  sendTo(ch: Channel<Job>, job: Job): Promise<boolean>;
}

/** The environment of an entry point. */
export interface Environment {
  readonly ctx: Context;
  readonly cancel: (cause?: Error) => void;
  readonly callersEnd: ReceiveChannel<never>;
}

export function openEntryPoint(record: PoolRecord, f: JobFunc, environment: Environment): EntryPoint {
  return record.entryPoint === "WorkerPool" ? openPool(record, f, environment) : openRun(record, f, environment);
}

function openPool(record: PoolRecord, f: JobFunc, { ctx, callersEnd }: Environment): EntryPoint {
  const { pool: spec } = record.history;
  const options: PoolOptions<Job, string> = {
    ...commonOptions(record),
    workers: spec.workers,
    queueSize: spec.queue,
    ctx,
    priority: ({ spec: { priority } }) => priority,
  };
  const pool = new WorkerPool<Job, string>(f, options);
  return {
    results: pool.results,
    send: (job, callerCtx) => (callerCtx === undefined ? pool.send(job) : pool.send(job, { ctx: callerCtx })),
    trySend: (job) => pool.trySend(job),
    submit: (job, callerCtx) => (callerCtx === undefined ? pool.submit(job) : pool.submit(job, { ctx: callerCtx })),
    trySubmit: (job) => pool.trySubmit(job),
    map: (jobs, mapOptions) => pool.map(jobs, mapOptions),
    resize(workers) {
      pool.resize(workers);
    },
    stats: () => pool.stats(),
    stop: (callerCtx) => (callerCtx === undefined ? pool.stop() : pool.stop(callerCtx)),
    sendTo: (ch, job) => sendUntil(ch, job, callersEnd),
  };
}

function openRun(record: PoolRecord, f: JobFunc, { ctx, cancel, callersEnd }: Environment): EntryPoint {
  const { pool: spec, reader } = record.history;
  const jobs = new Channel<Job>(spec.queue);
  const results = new Channel<JobOutcome>(reader.capacity);
  const ended = new Channel<never>();
  let ending: { readonly report: Report } | { readonly error: unknown } | undefined;
  let isJobsClosed = false;
  let isResultsClosed = false;
  go(async () => {
    try {
      const options = { ...commonOptions(record), workers: spec.workers };
      ending = { report: await runPool(ctx, jobs, results, f, options) };
    } catch (error) {
      ending = { error };
    }
    record.runEndedAt = record.now;
    record.runningAtEnd = record.running;
    isResultsClosed = true;
    ended.close();
  });
  return {
    results,
    async send(job, callerCtx = context.background()) {
      const s = await select({
        sent: send(jobs, job),
        canceled: receive(callerCtx.done()),
        ended: receive(ended),
        callersEnd: receive(callersEnd),
      });
      if (s.case !== "sent") throw new Error(`not sent: ${s.case}`);
    },
    trySend: (job) => jobs.trySend(job),
    async stop(callerCtx = context.background()) {
      if (!isJobsClosed) jobs.close();
      isJobsClosed = true;
      const s = await select({ ended: receive(ended), timedOut: receive(callerCtx.done()) });
      if (s.case === "timedOut") {
        cancel(context.cause(callerCtx));
        await ended.receive();
      }
      if (ending !== undefined && "report" in ending) return ending.report;
      throw ending?.error;
    },
    closeResults() {
      if (isResultsClosed) return false;
      isResultsClosed = true;
      try {
        results.close();
        return true;
      } catch {
        // The run has just ended.
        return false;
      }
    },
    leftJobs() {
      const left: Job[] = [];
      for (let next = jobs.tryReceive(); next?.ok === true; next = jobs.tryReceive()) left.push(next.value);
      return left;
    },
    sendTo: (ch, job) => sendUntil(ch, job, callersEnd),
  };
}

async function sendUntil(ch: Channel<Job>, job: Job, end: ReceiveChannel<never>): Promise<boolean> {
  const s = await select({ sent: send(ch, job), end: receive(end) });
  return s.case === "sent";
}

function commonOptions({
  history: { pool },
  onEvent,
  onWorkerStart,
  onWorkerStop,
}: PoolRecord): PoolOptions<Job, string> {
  return {
    stopOnError: pool.stopsOnError,
    retry: { retries: pool.retries, delay: pool.retryDelay, jitter: pool.jitter, shouldRetry: whenOf(pool) },
    gracePeriod: pool.grace,
    onEvent,
    onWorkerStart,
    onWorkerStop,
    ...(pool.timeout > 0 && { timeout: pool.timeout }),
    ...(pool.rate > 0 && { rate: pool.rate }),
  };
}

/** The error that `retry.shouldRetry` throws. */
export const whenError: Error = new Error("retry.shouldRetry throws");

function whenOf({ when }: PoolSpec): () => boolean {
  return () => {
    if (when === "throws") throw whenError;
    return when === "always";
  };
}
