// The calls to BullMQ: the only file that imports it. The rest of the folder sees a connection of a producer and a connection of a worker.
//
// BullMQ's own loop of a worker is not used. It fetches jobs before a worker is free, fails a job whose acknowledgment was interrupted,
// and does not give its jobs back when it is closed. The operations of its backend are used instead, which are the same for both servers.

import {
  type BackendFactory,
  type ConnectionOptions,
  createPostgresBackend,
  createRedisBackend,
  type IQueueBackend,
  Job,
  type JobJson,
  PostgresConnection,
  PostgresQueueBackend,
  Queue,
  type QueueBase,
  runMigrations,
  Worker,
} from "bullmq";
import { type RetryPolicy, retryDelay } from "../pool/retry.ts";
import { currentClock } from "../runtime/timer.ts";
import { toError } from "../util/inspect.ts";
import type { ResolvedQueueOptions } from "./options.ts";

/** The name of all jobs in BullMQ: a queue has jobs of one kind. */
const jobName = "job";

/** The name of the pauses before retries, which the worker computes. */
const backoffType = "goro";

/** The pause by which BullMQ does not retry. */
const noRetry = -1;

/** What a queue of BullMQ needs: the options of the user, or those that are derived for its outcomes. */
export type EngineSettings = Pick<
  ResolvedQueueOptions<never>,
  | "name"
  | "redis"
  | "postgres"
  | "retry"
  | "rate"
  | "lease"
  | "sweep"
  | "maxStalls"
  | "keepDone"
  | "keepFailed"
  | "onError"
>;

/** A job to store. */
export interface NewJob {
  readonly id: string;
  readonly data: unknown;

  /** The priority as BullMQ counts: 1 is the first, and 0 precedes all. */
  readonly priority: number;
}

/** A job that has been taken from the queue. */
export interface FetchedJob {
  readonly id: string;
  readonly data: unknown;
  readonly attempt: number;
  readonly stalls: number;

  /** Why the job must fail without being run, because its lease ran out too often; undefined if it may run. */
  readonly deferredFailure: string | undefined;

  /** The secret that shows that the lease belongs to this delivery. */
  readonly token: string;

  /** When the lease has been requested, by the local clock, in milliseconds. */
  readonly leasedAt: number;
  readonly record: Job;
}

/** The response to a request for a job. */
export interface FetchResult {
  readonly job: FetchedJob | undefined;

  /** For how long no job can be taken because of the rate, in milliseconds. */
  readonly limitedFor: number;

  /** When the next delayed job is due, in milliseconds since the epoch; 0 if there is none. */
  readonly delayedUntil: number;
}

/** The numbers of jobs in a queue. */
export interface QueueCounts {
  /** Jobs that wait for a worker. */
  readonly waiting: number;

  /** Jobs that workers hold. */
  readonly active: number;

  /** Jobs that wait for their next attempt. */
  readonly delayed: number;

  /** Completed jobs that are kept. */
  readonly done: number;

  /** Failed jobs that are kept. */
  readonly failed: number;
}

function connectionOf({ redis, postgres }: EngineSettings): ConnectionOptions {
  if (postgres !== undefined) return postgres;
  // Commands wait while the connection is lost, and are not rejected.
  return { ...redis, maxRetriesPerRequest: null };
}

function factoryOf({ postgres }: EngineSettings): BackendFactory {
  return (postgres === undefined ? createRedisBackend : createPostgresBackend) as BackendFactory;
}

/** The part that the connections of producers and workers share. */
type Connection = QueueBase;

/** Opens a connection to a queue, and reports its errors. */
async function ready<C extends Connection>(connection: C, onError: (error: Error) => void): Promise<C> {
  connection.on("error", (error: Error) => onError(error));
  try {
    await connection.waitUntilReady();
    return connection;
  } catch (error) {
    // A connection to Postgres that has failed once stays failed.
    void closeWithin(connection, 0);
    throw error;
  }
}

/** Closes a connection; disconnects it if it is not closed in `ms` milliseconds, because a server that is away does not respond. */
async function closeWithin(connection: Connection, ms: number): Promise<void> {
  const closed = connection instanceof Worker ? connection.close(true) : connection.close();
  if (!(await settledWithin(closed, ms))) void connection.disconnect().catch(() => undefined);
}

/** Waits until `promise` is settled; no longer than `ms` milliseconds. Returns whether it is. */
async function settledWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const settled = promise.then(
    () => true,
    () => true,
  );
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, ms, false);
  });
  const isSettled = await Promise.race([settled, late]);
  clearTimeout(timer);
  return isSettled;
}

/** How long the end of a connection waits for the server, in milliseconds. */
const closePatience = 1000;

type AnyQueue = Queue<unknown, unknown, string, unknown, unknown, string, IQueueBackend>;

/** The connection of a producer. */
export class ProducerConnection {
  readonly #settings: EngineSettings;
  readonly #queue: AnyQueue;

  private constructor(settings: EngineSettings, queue: AnyQueue) {
    this.#settings = settings;
    this.#queue = queue;
  }

  static async open(settings: EngineSettings): Promise<ProducerConnection> {
    const queue: AnyQueue = new Queue(settings.name, { connection: connectionOf(settings) }, factoryOf(settings));
    return new ProducerConnection(settings, await ready(queue, settings.onError));
  }

  /** Stores jobs. A job whose id is in the queue is not stored again, so the call may be repeated. */
  async add(jobs: readonly NewJob[]): Promise<void> {
    const { retry, keepDone, keepFailed } = this.#settings;
    const opts = {
      attempts: retry.retries + 1,
      backoff: { type: backoffType },
      removeOnComplete: keepOf(keepDone),
      removeOnFail: keepOf(keepFailed),
    };
    await this.#queue.addBulk(
      jobs.map(({ id, data, priority }) => ({
        name: jobName,
        data,
        opts: priority === 0 ? { ...opts, jobId: id } : { ...opts, jobId: id, priority },
      })),
    );
  }

  /** Returns the number of jobs that wait for a worker. */
  async length(): Promise<number> {
    const counts = await this.#backend.getCounts(["wait", "prioritized"]);
    return counts.reduce((sum, count) => sum + count, 0);
  }

  async counts(): Promise<QueueCounts> {
    const length = await this.length();
    const [active = 0, delayed = 0, done = 0, failed = 0] = await this.#backend.getCounts([
      "active",
      "delayed",
      "completed",
      "failed",
    ]);
    return { waiting: length, active, delayed, done, failed };
  }

  close(): Promise<void> {
    return closeWithin(this.#queue, closePatience);
  }

  get #backend(): IQueueBackend {
    return this.#queue.getBackend();
  }
}

function keepOf(ms: number): boolean | { age: number } {
  return ms === 0 ? true : { age: Math.ceil(ms / 1000) };
}

/** Gives access to a method of BullMQ for its subclasses: it adds the next job of a job scheduler. */
class FetchingWorker extends Worker<unknown, unknown, string, IQueueBackend> {
  adopt(data: JobJson, id: string, token: string): Promise<Job | undefined> {
    return this.nextJobFromJobData(data, id, token);
  }
}

/** The connection of a worker process to its queue. */
export class WorkerConnection {
  readonly #settings: EngineSettings;
  readonly #worker: FetchingWorker;
  readonly #backend: IQueueBackend;
  readonly #pauses: Pauses;
  #tokens = 0;
  #waking: Promise<void> | null = null;
  #isClosing = false;

  private constructor(settings: EngineSettings, worker: FetchingWorker, pauses: Pauses) {
    this.#settings = settings;
    this.#worker = worker;
    this.#backend = worker.getBackend();
    this.#pauses = pauses;
  }

  /**
   * Connects to the server.
   *
   * @throws {Error} (rejects) if the server is Postgres, and its clock and the clock of this machine differ by more than a quarter of the
   *   lease: Postgres compares leases by the clocks of the workers.
   */
  static async open(settings: EngineSettings): Promise<WorkerConnection> {
    const { name, lease, sweep, maxStalls, rate, onError } = settings;
    const pauses = new Pauses(settings.retry);
    const worker = new FetchingWorker(
      name,
      null,
      {
        connection: connectionOf(settings),
        name: `goro-${crypto.randomUUID()}`,
        autorun: false,
        skipLockRenewal: true,
        skipStalledCheck: true,
        lockDuration: lease,
        stalledInterval: sweep,
        maxStalledCount: maxStalls,
        settings: { backoffStrategy: (_attempts, _type, _error, job) => pauses.take(job as Job) },
        ...(rate === undefined ? {} : { limiter: limiterOf(rate) }),
      },
      factoryOf(settings),
    );
    await ready(worker, onError);
    const connection = new WorkerConnection(settings, worker, pauses);
    try {
      await connection.#checkClock();
    } catch (error) {
      void closeWithin(worker, 0);
      throw error;
    }
    return connection;
  }

  /** Takes the next job, if there is one. */
  async fetch(): Promise<FetchResult> {
    const token = `${this.#worker.id}:${this.#tokens++}`;
    const leasedAt = currentClock().now();
    return this.#fetched(await this.#backend.moveToActive(token, this.#worker.opts.name), token, leasedAt);
  }

  /**
   * Waits until a job may have arrived, or for `ms` milliseconds, or until `wake` is called.
   *
   * @returns whether a signal of the server was received. A signal of Redis is received by one worker only, which must take a job then.
   */
  async waitForJob(ms: number): Promise<boolean> {
    try {
      const signal = await this.#backend.waitForJob(Math.max(ms / 1000, this.#backend.minimumBlockTimeout));
      return signal !== null;
    } catch (error) {
      // `wake` breaks the connection of the wait, and restores it.
      if (this.#waking !== null || this.#isClosing) return false;
      await this.#backend.reconnectBlocking();
      throw error;
    }
  }

  /** Ends a call of `waitForJob`. */
  wake(): Promise<void> {
    this.#waking ??= this.#restartBlocking().finally(() => (this.#waking = null));
    return this.#waking;
  }

  /** Completes `job` with `value`; with `isFetching`, takes the next job by the same request. */
  async complete(job: FetchedJob, value: unknown, isFetching: boolean): Promise<FetchResult> {
    const leasedAt = currentClock().now();
    const { keepDone } = this.#settings;
    const { result } = await this.#backend.moveToCompleted(job.record, value, keepOf(keepDone), job.token, isFetching);
    return this.#fetched(result, job.token, leasedAt);
  }

  /**
   * Returns the pause before the next attempt of `job` after `error`, in milliseconds; undefined if the job has failed.
   *
   * @throws the error that `shouldRetry` throws.
   */
  pauseBeforeRetry(job: FetchedJob, error: Error): number | undefined {
    return this.#pauses.pauseBefore(job.record, error);
  }

  /** Ends an attempt of `job`; with a `pause`, in milliseconds, the job is delivered again after it. */
  async fail(job: FetchedJob, error: Error, pause: number | undefined): Promise<void> {
    this.#pauses.set(job.record, pause);
    await job.record.moveToFailed(error, job.token, false);
  }

  /** Gives `job` back, as the next one to be taken. */
  async release(job: FetchedJob): Promise<void> {
    await this.#backend.moveJobFromActiveToWait(job.id, job.token);
  }

  /** Renews leases. Returns the ids of those that are lost. */
  async renew(jobs: readonly { readonly id: string; readonly token: string }[]): Promise<readonly string[]> {
    const ids = jobs.map(({ id }) => id);
    const tokens = jobs.map(({ token }) => token);
    return this.#backend.extendLocks(ids, tokens, this.#settings.lease);
  }

  /** Makes jobs whose leases have run out available again. */
  async sweep(): Promise<void> {
    await this.#backend.moveStalledJobsToWait();
  }

  /**
   * Reports whether an earlier request of this connection has ended the delivery `job`: a request whose response was lost is sent again, and the second one finds
   * no lease.
   */
  async hasEnded(job: FetchedJob): Promise<boolean> {
    const state = await this.#backend.getState(job.id);
    if (state === "active") return false;
    const stored = await this.#backend.getJobData(job.id);
    if (stored === undefined) return true;
    const { attemptsStarted, stalledCounter } = Job.fromJSON(this.#worker, stored, job.id);
    return attemptsStarted === job.attempt && stalledCounter === job.stalls;
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    // A connection that is closed while it is being restored would stay open.
    if (this.#waking !== null) await settledWithin(this.#waking, closePatience);
    // Otherwise a wait for a job on Postgres would last until its time is over.
    void this.#backend.disconnectBlocking(true).catch(() => undefined);
    await closeWithin(this.#worker, closePatience);
  }

  async #fetched(response: readonly unknown[] | void, token: string, leasedAt: number): Promise<FetchResult> {
    const [data, id, limitedFor = 0, delayedUntil = 0] = (response ?? []) as [JobJson?, string?, number?, number?];
    const none = { job: undefined, limitedFor: Math.max(limitedFor, 0), delayedUntil: Math.max(delayedUntil, 0) };
    if (data === undefined || data === null || id === undefined) return none;
    const record =
      data.repeatJobKey === undefined
        ? Job.fromJSON(this.#worker, data, id)
        : await this.#worker.adopt(data, id, token);
    if (record === undefined) return none;
    record.token = token;
    const job = {
      id,
      data: record.data as unknown,
      attempt: record.attemptsStarted,
      stalls: record.stalledCounter,
      deferredFailure: record.deferredFailure,
      token,
      leasedAt,
      record,
    };
    return { job, limitedFor: 0, delayedUntil: 0 };
  }

  async #restartBlocking(): Promise<void> {
    await this.#backend.disconnectBlocking(true);
    if (!this.#isClosing) await this.#backend.reconnectBlocking();
  }

  async #checkClock(): Promise<void> {
    if (!(this.#backend instanceof PostgresQueueBackend)) return;
    const before = Date.now();
    const { rows } = await this.#backend.connection.pool.query(
      "SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now",
    );
    const after = Date.now();
    const server = Number((rows[0] as { now: unknown }).now);
    // The server read its clock between both readings.
    const difference = server < before ? before - server : Math.max(server - after, 0);
    const { lease, name } = this.#settings;
    if (difference <= lease / 4) return;
    throw new Error(
      `the clock of this machine and the clock of the Postgres server of queue ${name} differ by ${Math.round(difference)} ms, which is ` +
        `more than a quarter of the lease of ${lease} ms; synchronize the clocks, because jobs would be run more than once`,
    );
  }
}

function limiterOf(rate: number): { max: number; duration: number } {
  return rate >= 1 && Number.isInteger(rate) ? { max: rate, duration: 1000 } : { max: 1, duration: 1000 / rate };
}

/** The pauses before retries. BullMQ requests the pause during the request, when the outcome has been stored already. */
class Pauses {
  readonly #policy: RetryPolicy;
  readonly #pauses = new WeakMap<Job, number>();

  constructor(policy: RetryPolicy) {
    this.#policy = { ...policy, retries: Infinity };
  }

  pauseBefore(job: Job, error: Error): number | undefined {
    const attempts = job.attemptsMade + 1;
    if (attempts >= (job.opts.attempts ?? 1) || error.name === "UnrecoverableError") return undefined;
    return retryDelay(this.#policy, error, attempts);
  }

  set(job: Job, pause: number | undefined): void {
    this.#pauses.set(job, pause === undefined ? noRetry : Math.round(pause));
    // A job that another program has sent may have a pause that BullMQ computes.
    job.opts.backoff = { type: backoffType };
  }

  take(job: Job): number {
    return this.#pauses.get(job) ?? noRetry;
  }
}

/** Reports whether the request that failed with `error` may succeed later. */
export function isTemporary(error: unknown): boolean {
  const { code, message } = toError(error) as { code?: unknown; message: string };
  if (typeof code === "string" && /^(E[A-Z]+|08...|57P0[1-3]|53300|40001|40P01)$/.test(code)) return true;
  return /^(LOADING|BUSY|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN) |^connection (is closed|terminated)|^timeout exceeded/i.test(
    message,
  );
}

/** Reports whether `error` says that the lease does not belong to the delivery, or the job is not active. */
export function isLeaseError(error: unknown): boolean {
  const { code } = toError(error) as { code?: unknown };
  return code === -1 || code === -2 || code === -3 || code === -6;
}

/** Creates or updates the tables of BullMQ in Postgres. Redis has none. */
export async function migrate(settings: EngineSettings): Promise<void> {
  if (settings.postgres === undefined) return;
  const connection = new PostgresConnection(settings.postgres);
  connection.on("error", settings.onError);
  try {
    const client = await connection.pool.connect();
    try {
      await runMigrations(client, connection.schema);
    } finally {
      client.release();
    }
  } finally {
    await connection.close();
  }
}
