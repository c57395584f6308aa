// A connection of BullMQ to the server of a queue: how it is opened, and how it is closed although the server is away.

import {
  type BackendFactory,
  type ConnectionOptions,
  createPostgresBackend,
  createRedisBackend,
  type IQueueBackend,
  type JobJson,
  type JobsOptions,
  PostgresConnection,
  PostgresQueueBackend,
  type QueueBase,
  RedisQueueBackend,
  runMigrations,
} from "bullmq";
import { isRefusal } from "./errors.ts";
import { type EngineSettings, isClient } from "./options.ts";

/** How long the end of a connection waits for the server, in milliseconds. */
export const closePatience = 1000;

/**
 * The shortest time without a response after which a connection is restored, in milliseconds: longer than a wait for a job. Without it, a
 * connection whose packets are dropped would be noticed by TCP alone, after about 15 minutes.
 */
const responsePatience = 15_000;

/** The name of all jobs in BullMQ: a queue has jobs of one kind. */
const jobName = "job";

/** The name of the pauses before retries, which the worker computes. */
export const backoffType = "goro";

/** A job to store. */
export interface NewJob {
  readonly id: string;

  /** The JSON text of the data. */
  readonly data: string;

  /** The priority as BullMQ counts: 1 is the first, and 0 precedes all. */
  readonly priority: number;
}

/** The options of a connection: those of the user, with defaults for a server that does not respond. */
export function connectionOptions({ redis, postgres, lease }: EngineSettings): ConnectionOptions {
  const patience = Math.max(lease, responsePatience);
  if (postgres !== undefined) {
    if (isClient(postgres)) return postgres;
    return { keepAlive: true, connectionTimeoutMillis: patience, query_timeout: 2 * patience, ...postgres };
  }
  if (isClient(redis)) return redis as ConnectionOptions;
  // Commands wait while the connection is lost, and are not rejected.
  return { socketTimeout: patience, ...redis, maxRetriesPerRequest: null };
}

export function backendFactory({ postgres }: EngineSettings): BackendFactory {
  return (postgres === undefined ? createRedisBackend : createPostgresBackend) as BackendFactory;
}

/** The part of a stream that gathers writes. */
interface GatheringStream {
  cork(): void;
  uncork(): void;
}

/** The part of a client for Redis that is not public in all versions. Other clients than ioredis have no stream. */
interface RedisSocket {
  readonly stream?: GatheringStream | null;
}

/** A connection to a queue, which is opened when it is created. */
export abstract class Connection<Q extends QueueBase = QueueBase> {
  protected readonly settings: EngineSettings;
  protected readonly queue: Q;
  protected readonly backend: IQueueBackend;
  protected isClosing = false;

  /** Whether the server has accepted the connection. It may be away since then. */
  isReady = false;
  #fail: (error: Error) => void = () => undefined;

  #redis: RedisSocket | null = null;

  /** The stream whose writes are being gathered, and how many requests have been gathered. */
  #gathering: GatheringStream | null = null;
  #gathered = 0;

  /** Rejects when the connection is closed, or when the server refuses it. */
  readonly #failed: Promise<never>;

  protected constructor(settings: EngineSettings, queue: Q) {
    this.settings = settings;
    this.queue = queue;
    this.backend = queue.getBackend();
    this.#failed = new Promise((_resolve, reject) => {
      this.#fail = reject;
    });
    this.#failed.catch(() => undefined);
    queue.on("error", (error: Error) => {
      if (this.isClosing) return;
      // The client would try again forever.
      if (!this.isReady && isRefusal(error)) this.#fail(error);
      else settings.onError(error);
    });
  }

  /**
   * Waits until the server has accepted the connection; for Redis, also while the server is away.
   *
   * @throws {Error} (rejects) if the connection is closed, if Redis refuses the password, or if a connection to Postgres has failed: it
   *   then stays failed.
   */
  async ready(): Promise<void> {
    await Promise.race([this.queue.waitUntilReady(), this.#failed]);
    if (isClient(this.settings.postgres)) await this.#checkSearchPath();
    if (this.backend instanceof RedisQueueBackend) this.#redis = (await this.backend.client) as RedisSocket;
    this.isReady = true;
  }

  /** Closes the connection; disconnects it if the server does not respond. */
  async close(): Promise<void> {
    this.isClosing = true;
    this.#fail(new Error("the connection is closed"));
    const isClosed = await within(this.end(), closePatience);
    // The client of a user stays connected.
    if (!isClosed && !isClient(this.settings.redis)) void this.queue.disconnect().catch(() => undefined);
  }

  /** Ends the connection when the server has responded. */
  protected end(): Promise<void> {
    return this.queue.close();
  }

  /** The queries that BullMQ does not have; null for Redis. */
  protected get postgres(): PostgresConnection["pool"] | null {
    return this.backend instanceof PostgresQueueBackend ? this.backend.connection.pool : null;
  }

  /**
   * Called before each of `inFlight` requests to Redis that wait for their responses. The requests of a turn of the event loop, microtasks
   * included, are gathered into writes of several: a write of its own takes up to a third of the CPU of a job. A write has a quarter of the
   * requests, because this process and Redis would wait for each other if one write had all of them.
   */
  protected gatherWrites(inFlight: number): void {
    const stream = this.#redis?.stream;
    if (stream === undefined || stream === null) return;
    if (stream === this.#gathering) {
      if (++this.#gathered < inFlight / 4) return;
      this.#gathered = 0;
      // BullMQ writes a request one microtask after its call.
      queueMicrotask(() => {
        stream.uncork();
        stream.cork();
      });
      return;
    }
    if (inFlight <= 4) return;
    this.#gathering = stream;
    this.#gathered = 1;
    stream.cork();
    process.nextTick(() => {
      this.#gathering = null;
      stream.uncork();
    });
  }

  /** BullMQ sets the search path of its own pools only. */
  async #checkSearchPath(): Promise<void> {
    const response = await this.postgres?.query("SELECT to_regclass('job') AS name");
    if ((response?.rows[0] as { name: unknown } | undefined)?.name !== null) return;
    throw new Error(
      `the pool that queue ${this.settings.name} was given as postgres does not find the tables of BullMQ; ` +
        'create it with the option options: "-c search_path=bullmq"',
    );
  }

  /**
   * Stores jobs by one request. A job whose id is in the queue is not stored again, so the request may be repeated. Redis stores the others
   * if one is refused.
   */
  protected async store(backend: IQueueBackend, jobs: readonly NewJob[], opts: JobsOptions): Promise<void> {
    const timestamp = Date.now();
    const entries = jobs.map(({ id, data, priority }) => ({
      jobId: id,
      job: { ...newJob, id, data, timestamp, opts: priority === 0 ? opts : { ...opts, priority } },
    }));
    const [first] = entries;
    // A request for many jobs costs Postgres two temporary tables, and Redis a pipeline.
    if (entries.length === 1 && first !== undefined) await backend.addJob(first.job, first.jobId);
    else await backend.addJobs(entries);
  }
}

/** What BullMQ stores for each new job. */
const newJob = {
  name: jobName,
  progress: 0,
  attemptsMade: 0,
  attemptsStarted: 0,
  stalledCounter: 0,
  failedReason: "",
  returnvalue: "null",
} satisfies Partial<JobJson>;

/** Returns the option of BullMQ that keeps a finished job for `ms` milliseconds. */
export function keepOf(ms: number): boolean | { age: number } {
  if (ms === 0 || ms === Infinity) return ms === 0;
  return { age: Math.ceil(ms / 1000) };
}

/** Creates or updates the tables of BullMQ in Postgres. Redis has none. */
export async function migrate({ postgres, onError }: EngineSettings): Promise<void> {
  if (postgres === undefined) return;
  const connection = new PostgresConnection(postgres);
  connection.on("error", onError);
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

/**
 * Waits for `promise`, for at most `ms` milliseconds. Returns whether the promise has settled. The timer is that of the host: servers do not
 * use virtual time.
 */
export async function within(promise: Promise<unknown>, ms: number): Promise<boolean> {
  return new Promise<boolean>((resolve) => {
    const timer = setTimeout(resolve, ms, false);
    const settled = (): void => {
      clearTimeout(timer);
      resolve(true);
    };
    promise.then(settled, settled);
  });
}
