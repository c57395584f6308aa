// The requests of a worker process to its queue.
//
// BullMQ's own loop of a worker is not used. It fetches jobs before a worker is free, fails a job whose acknowledgment was interrupted,
// and does not give its jobs back when it is closed. The operations of its backend are used instead, which are the same for both servers.

import { type IQueueBackend, Job, type JobJson, type MinimalJob, type MinimalQueue, Worker } from "bullmq";
import { type RetryPolicy, retryDelay } from "../pool/retry.ts";
import { currentClock } from "../runtime/timer.ts";
import { backendFactory, backoffType, Connection, connectionOptions, responsePatience } from "./connection.ts";
import { type EngineSettings, isClient } from "./options.ts";
import { ResponseWatch } from "./response-watch.ts";

/** The pause by which BullMQ does not retry. */
const noRetry = -1;

/** The greatest number of done jobs, or of batches of outcomes, that one request removes. */
const removalSize = 1000;

/** A job that has been taken from the queue. */
export class FetchedJob {
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

  /** What BullMQ reads of a job that it completes is the id and the options, which are here too. */
  readonly stored: JobJson;
  readonly #queue: MinimalQueue;
  #record: Job | null = null;

  constructor(queue: MinimalQueue, stored: JobJson, id: string, token: string, leasedAt: number) {
    this.id = id;
    this.data = JSON.parse(stored.data);
    this.attempt = stored.attemptsStarted ?? 0;
    this.stalls = stored.stalledCounter ?? 0;
    this.deferredFailure = stored.deferredFailure;
    this.token = token;
    this.leasedAt = leasedAt;
    // Redis stores the id in the key only.
    this.stored = { ...stored, id };
    this.#queue = queue;
  }

  /** The job as an object of BullMQ, which takes a fortieth of the CPU of a job, and which most jobs do without. */
  get record(): Job {
    if (this.#record === null) {
      this.#record = Job.fromJSON(this.#queue, this.stored, this.id);
      this.#record.token = this.token;
    }
    return this.#record;
  }
}

/** The response to a request for a job. */
export interface FetchResult {
  readonly job: FetchedJob | undefined;

  /** For how long no job can be taken because of the rate, in milliseconds. */
  readonly limitedFor: number;

  /** When the next delayed job is due, in milliseconds since the epoch; 0 if there is none. */
  readonly delayedUntil: number;
}

/** How a delivery stands: ended by a request of this connection, held or lost, or of a job that is not in the queue. */
export type DeliveryState = "ended" | "not ended" | "unknown";

/** Gives access to a method of BullMQ for its subclasses: it adds the next job of a job scheduler. */
class FetchingWorker extends Worker<unknown, unknown, string, IQueueBackend> {
  adopt(data: JobJson, id: string, token: string): Promise<Job | undefined> {
    return this.nextJobFromJobData(data, id, token);
  }
}

/** The connection of a worker process to its queue, and to the queue of its outcomes. */
export class WorkerConnection extends Connection<FetchingWorker> {
  readonly #pauses: Pauses;
  readonly #outcomes: IQueueBackend;
  #tokens = 0;

  /** The requests that take or complete a job, or sweep, and have no response yet. */
  #inFlight = 0;
  #waking: Promise<void> | null = null;
  #watch: ResponseWatch | null = null;

  constructor(settings: EngineSettings) {
    const { name, lease, sweep, maxStalls, rate } = settings;
    const pauses = new Pauses(settings.retry);
    const options = {
      connection: connectionOptions(settings),
      name: `goro-${crypto.randomUUID().slice(0, 8)}`,
      autorun: false,
      skipLockRenewal: true,
      skipStalledCheck: true,
      lockDuration: lease,
      stalledInterval: sweep,
      maxStalledCount: maxStalls,
      settings: {
        backoffStrategy: (_attempts: number, _type?: string, _error?: Error, job?: unknown) => pauses.take(job as Job),
      },
      ...(rate === undefined ? {} : { limiter: limiterOf(rate) }),
    };
    super(settings, new FetchingWorker(name, null, options, backendFactory(settings)));
    this.#pauses = pauses;
    this.#outcomes = this.backend.forQueue(outcomesName(name));
  }

  /**
   * Waits until the server has accepted the connection, as for all connections.
   *
   * @throws {Error} (rejects) also if the server is Postgres, and its clock and the clock of this machine differ by more than a quarter of
   *   the lease: Postgres compares leases by the clocks of the workers.
   */
  override async ready(): Promise<void> {
    await super.ready();
    this.#startWatch();
    await this.#checkClock();
  }

  /** The socket of ioredis: Redis executes its requests in the order in which they are sent. null for Postgres and for other clients. */
  get socket(): object | null {
    return this.redis?.stream ?? null;
  }

  /** Takes the next job, if there is one. */
  async fetch(): Promise<FetchResult> {
    const token = `${this.queue.id}:${this.#tokens++}`;
    const leasedAt = currentClock().now();
    this.gatherWrites(++this.#inFlight);
    try {
      return await this.#toResult(await this.backend.moveToActive(token, this.queue.opts.name), token, leasedAt);
    } finally {
      this.#inFlight--;
    }
  }

  /**
   * Waits until a job may have arrived, or for `ms` milliseconds, or until `wake` is called.
   *
   * @returns whether a signal of the server was received. A signal of Redis is received by one worker only, which must take a job then.
   */
  async waitForJob(ms: number): Promise<boolean> {
    try {
      const signal = await this.backend.waitForJob(Math.max(ms / 1000, this.backend.minimumBlockTimeout));
      return signal !== null;
    } catch (error) {
      // `wake` breaks the connection of the wait, and restores it.
      if (this.#waking !== null || this.isClosing) return false;
      await this.backend.reconnectBlocking();
      throw error;
    }
  }

  /** Ends a call of `waitForJob`. */
  wake(): Promise<void> {
    return (this.#waking ??= this.#restartBlocking().finally(() => (this.#waking = null)));
  }

  /** Completes `job` with `value`; with `isFetching`, takes the next job by the same request. */
  async complete(job: FetchedJob, value: unknown, isFetching: boolean): Promise<FetchResult> {
    const leasedAt = currentClock().now();
    this.gatherWrites(++this.#inFlight);
    const { stored, token } = job;
    try {
      const record = stored as unknown as MinimalJob;
      const isRemoved = this.settings.keepDone === 0;
      const { result } = await this.backend.moveToCompleted(record, value, isRemoved, token, isFetching);
      return await this.#toResult(result, token, leasedAt);
    } finally {
      this.#inFlight--;
    }
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

  /**
   * Gives `job` back: as the next one to be taken on Redis, and as the last one on Postgres, unless it has a priority.
   *
   * @returns false if the lease has been lost.
   */
  async release(job: FetchedJob): Promise<boolean> {
    await this.backend.moveJobFromActiveToWait(job.id, job.token);
    // Postgres does nothing and reports no error if the lease has been lost.
    return this.postgres === null || (await this.stateOf(job)) !== "not ended";
  }

  /** Renews leases. Returns the ids of those that are lost. */
  async renew(jobs: readonly { readonly id: string; readonly token: string }[]): Promise<readonly string[]> {
    const ids = jobs.map(({ id }) => id);
    const tokens = jobs.map(({ token }) => token);
    return this.backend.extendLocks(ids, tokens, this.settings.lease);
  }

  /** Makes jobs whose leases have run out available again, and removes the jobs that have been done for longer than `keep.done`. */
  async sweep(): Promise<void> {
    const { keepDone } = this.settings;
    this.#inFlight++;
    try {
      await this.backend.moveStalledJobsToWait();
      // BullMQ can also remove them when it completes a job. On Postgres, that is a query by a state that is a parameter, for which a plan that
      // is made once cannot use the index of finished jobs: a connection with such a plan reads all jobs of the queue for each job.
      if (keepDone > 0 && keepDone < Infinity) await this.#clean(this.backend, "completed", keepDone);
    } finally {
      this.#inFlight--;
    }
  }

  /**
   * Returns whether an earlier request of this connection has ended the delivery `job`: a request whose response was lost is sent again, and
   * the second one finds no lease. The server counts a stall before it delivers a job whose lease has run out to another worker.
   */
  async stateOf(job: FetchedJob): Promise<DeliveryState> {
    const state = await this.backend.getState(job.id);
    const stored = await this.backend.getJobData(job.id);
    if (stored === undefined) return "unknown";
    const { attemptsStarted, stalledCounter } = Job.fromJSON(this.queue, stored, job.id);
    const isHeld = state === "active" && attemptsStarted === job.attempt;
    return !isHeld && attemptsStarted >= job.attempt && stalledCounter === job.stalls ? "ended" : "not ended";
  }

  /** Stores a batch of outcomes, as JSON text, in the queue of outcomes. */
  async storeOutcomes(data: string): Promise<void> {
    // The id is chosen here: a request whose response was lost is sent again. The reader decides how long a batch is kept that it has read.
    this.gatherWrites(++this.#inFlight);
    try {
      await this.store(this.#outcomes, [{ id: `o-${crypto.randomUUID()}`, data, priority: 0 }], {});
    } finally {
      this.#inFlight--;
    }
  }

  /** Replaces the data that `job` has when it is delivered again. */
  async update(job: FetchedJob, data: unknown): Promise<void> {
    await job.record.updateData(data);
  }

  /** Removes the batches of outcomes that have not been read for `ms` milliseconds, and returns their number. */
  removeOutcomes(ms: number): Promise<number> {
    return this.#clean(this.#outcomes, "wait", ms);
  }

  protected override async end(): Promise<void> {
    this.#watch?.stop();
    // A connection that is closed while it is being restored would stay open.
    await this.#waking?.catch(() => undefined);
    // Otherwise a wait for a job on Postgres would last until its time is over.
    void this.backend.disconnectBlocking(true).catch(() => undefined);
    await this.queue.close(true);
  }

  /** A client of the user, and options with a `socketTimeout`, stay as they are. */
  #startWatch(): void {
    const { redis } = this.settings;
    if (this.redis === null || this.isClosing || isClient(redis) || redis?.["socketTimeout"] !== undefined) return;
    this.#watch = new ResponseWatch(this.redis, responsePatience(this.settings), () => this.#inFlight > 0);
  }

  /** Removes the jobs of a queue that have been in `state` for `ms` milliseconds, and returns their number. */
  async #clean(queue: IQueueBackend, state: "completed" | "wait", ms: number): Promise<number> {
    let count = 0;
    for (;;) {
      const removed = await queue.cleanJobsByState(state, Date.now() - ms, removalSize);
      count += removed.length;
      if (removed.length < removalSize) return count;
    }
  }

  async #restartBlocking(): Promise<void> {
    await this.backend.disconnectBlocking(true);
    if (!this.isClosing) await this.backend.reconnectBlocking();
  }

  #toResult(response: readonly unknown[] | void, token: string, leasedAt: number): FetchResult | Promise<FetchResult> {
    const [data, id, limitedFor = 0, delayedUntil = 0] = (response ?? []) as [JobJson?, string?, number?, number?];
    if (data === undefined || data === null || id === undefined) {
      return { job: undefined, limitedFor: Math.max(limitedFor, 0), delayedUntil: Math.max(delayedUntil, 0) };
    }
    if (data.repeatJobKey !== undefined) return this.#adopt(data, id, token, leasedAt);
    return { job: new FetchedJob(this.queue, data, id, token, leasedAt), limitedFor: 0, delayedUntil: 0 };
  }

  async #adopt(data: JobJson, id: string, token: string, leasedAt: number): Promise<FetchResult> {
    const isAdopted = (await this.queue.adopt(data, id, token)) !== undefined;
    const job = isAdopted ? new FetchedJob(this.queue, data, id, token, leasedAt) : undefined;
    return { job, limitedFor: 0, delayedUntil: 0 };
  }

  async #checkClock(): Promise<void> {
    if (this.postgres === null) return;
    const before = Date.now();
    const { rows } = await this.postgres.query("SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now");
    const after = Date.now();
    const server = Number((rows[0] as { now: unknown }).now);
    // The server read its clock between both readings.
    const difference = server < before ? before - server : Math.max(server - after, 0);
    const { lease, name } = this.settings;
    if (difference <= lease / 4) return;
    throw new Error(
      `the clock of this machine and the clock of the Postgres server of queue ${name} differ by ${Math.round(difference)} ms, which is ` +
        `more than a quarter of the lease of ${lease} ms; synchronize the clocks, because jobs would be run more than once`,
    );
  }
}

/** Returns the name of the queue of the outcomes of the queue `name`. */
export function outcomesName(name: string): string {
  return `${name}-outcomes`;
}

/** BullMQ counts whole numbers of jobs in whole milliseconds. */
function limiterOf(rate: number): { max: number; duration: number } {
  const max = Math.max(Math.round(rate), 1);
  return { max, duration: Math.round((1000 * max) / rate) };
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
