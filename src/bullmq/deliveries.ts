// The jobs of a queue as a source for a pool. A job is requested only while a call of `next` waits: by several requests at once while the
// queue has jobs; otherwise one loop waits for a signal of the server. The request that completes a job takes the next one if a call waits.
//
// Invariants, whenever no method is on the stack:
//   1. The requests in progress that take a job (`#reserved`) are at most as many as the calls of `next` that wait, unless calls were
//      canceled meanwhile. A job without a call is given back at once.
//   2. A delivery is in `#held` until the engine has responded to its end, its lease is lost, or the source is closed.
//   3. If a call of `next` waits that no request in progress serves, the loop runs, or a request is in progress whose end starts another one.

import { causeOf, onCancel } from "../context/cancel.ts";
import type { Context } from "../context/context.ts";
import type { JobDelivery, JobSource } from "../pool/source.ts";
import { RuntimeTimer } from "../runtime/timer.ts";
import { toError } from "../util/inspect.ts";
import { Delivery, type DeliveryHost } from "./delivery.ts";
import { closePatience, within } from "./connection.ts";
import { Leases } from "./leases.ts";
import type { EngineSettings } from "./options.ts";
import { OutcomeWriter } from "./outcomes.ts";
import type { DataLimits } from "./plain-data.ts";
import { type FetchedJob, type FetchResult, WorkerConnection } from "./worker-connection.ts";

/** How long the loop waits for a signal of the server before it looks for a job itself, in milliseconds. */
const longestWait = 5000;

/** A call of `next` that waits. */
interface Call<Job, Result> {
  readonly resolve: (delivery: JobDelivery<Job, Result> | undefined) => void;
  readonly reject: (error: Error) => void;
  detach: () => void;
}

/** The source of the jobs of one queue. */
export class Deliveries<Job, Result> implements JobSource<Job, Result> {
  readonly #settings: EngineSettings;
  readonly #outcomes: OutcomeWriter | null;
  readonly #limits: DataLimits;
  readonly #leases: Leases;
  readonly #calls = new Set<Call<Job, Result>>();
  readonly #held = new Set<Delivery<Job, Result>>();
  readonly #inProgress = new Set<Promise<unknown>>();

  /** The requests in progress that may take a job, and those that give a job back that no call waits for. */
  readonly #taking = new Set<Promise<unknown>>();
  readonly #returning = new Set<Promise<unknown>>();
  readonly #sweeper = new RuntimeTimer("goro/bullmq", () => void this.#sweep());

  /** The connection, which may be being established, and the promise of that. */
  #connection: WorkerConnection | null = null;
  #ready: Promise<WorkerConnection> | null = null;

  /** What all deliveries share. */
  #host: DeliveryHost<Job, Result> | null = null;
  #reserved = 0;
  #isRunning = false;

  /**
   * The requests in progress that only take a job, and how many there may be: one after a response without a job, and twice as many after
   * each job. Otherwise a job that arrives while 50 calls wait would cost 50 requests, of which 49 find nothing.
   */
  #fetches = 0;
  #width = 1;

  /** Whether the last response had no job, and that response. */
  #isDry = false;
  #emptyResult: FetchResult = { job: undefined, limitedFor: 0, delayedUntil: 0 };

  /** Whether the loop waits for a signal. It then serves one call. */
  #isBlocked = false;
  #waiting: Promise<void> | null = null;
  #endPause: (() => void) | null = null;
  #closing: Promise<void> | null = null;

  /** @param keepOutcomes how long outcomes are kept that are not read, in milliseconds; null if none are stored */
  constructor(settings: EngineSettings, keepOutcomes: number | null, limits: DataLimits) {
    this.#settings = settings;
    this.#limits = limits;
    this.#outcomes = keepOutcomes === null ? null : new OutcomeWriter(keepOutcomes);
    this.#leases = new Leases(
      settings.lease,
      async (leases) => (await this.#connect()).renew(leases),
      (error) => this.#report(error),
    );
  }

  next(ctx: Context): Promise<JobDelivery<Job, Result> | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#closing !== null) {
        resolve(undefined);
        return;
      }
      const call: Call<Job, Result> = { resolve, reject, detach: () => undefined };
      this.#calls.add(call);
      call.detach = onCancel(ctx, () => {
        this.#calls.delete(call);
        if (this.#calls.size === 0) this.#wake();
        void this.#rejectCanceled(call, causeOf(ctx) as Error);
      });
      // A call of `ack` in the same turn takes the job for this call by its own request.
      queueMicrotask(() => queueMicrotask(() => this.#start()));
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** The number of calls of `next` that neither a request in progress nor the loop, while it waits, serves. */
  get #unserved(): number {
    return this.#calls.size - this.#reserved - (this.#isBlocked ? 1 : 0);
  }

  /**
   * Rejects a canceled call when no job is held for it: a job that a request in progress takes is given back first. Otherwise a job that is
   * run alone could end the process while it holds another one.
   */
  async #rejectCanceled(call: Call<Job, Result>, cause: Error): Promise<void> {
    const taking = [...this.#taking];
    if (this.#calls.size === 0 && this.#waiting !== null) taking.push(this.#waiting);
    const returned = Promise.allSettled(taking).then(() => Promise.allSettled(this.#returning));
    await within(returned, closePatience);
    call.reject(cause);
  }

  /** Requests a job for each call that is not served; if the queue had none, one loop waits for a signal. */
  #start(): void {
    if (this.#closing !== null) return;
    while (!this.#isDry && this.#unserved > 0 && this.#fetches < this.#width) void this.#track(this.#fetch());
    if (!this.#isDry || this.#isRunning || this.#unserved <= 0) return;
    this.#isRunning = true;
    void this.#track(this.#run());
  }

  async #fetch(): Promise<void> {
    this.#fetches++;
    try {
      await this.#request(async () => (await this.#connect()).fetch());
    } catch (error) {
      // The caller decides when to try again.
      for (const call of this.#calls) this.#settle(call)?.reject(toError(error));
    }
    this.#fetches--;
    this.#start();
  }

  async #run(): Promise<void> {
    try {
      while (this.#isDry && this.#closing === null && this.#unserved > 0) {
        this.#waiting = this.#waitForJob(await this.#connect());
        await this.#waiting;
        if (this.#closing === null && this.#unserved > 0) await this.#fetch();
      }
    } catch (error) {
      for (const call of this.#calls) this.#settle(call)?.reject(toError(error));
    } finally {
      this.#isRunning = false;
    }
    this.#start();
  }

  /** Sends a request that takes a job for a call of `next`, and delivers the job. */
  #request(send: () => Promise<FetchResult>): Promise<void> {
    return this.#track(this.#take(send), this.#taking);
  }

  async #take(send: () => Promise<FetchResult>): Promise<void> {
    this.#reserved++;
    let isReserved = true;
    try {
      const result = await send();
      this.#isDry = result.job === undefined;
      this.#width = this.#isDry ? 1 : Math.max(Math.min(2 * this.#width, this.#calls.size), 1);
      if (this.#isDry) this.#emptyResult = result;
      if (result.job !== undefined) {
        const delivery = await this.#lease(result.job);
        this.#reserved--;
        isReserved = false;
        if (delivery !== null) this.#deliver(delivery);
      }
    } finally {
      if (isReserved) this.#reserved--;
    }
  }

  async #waitForJob(connection: WorkerConnection): Promise<void> {
    const { limitedFor, delayedUntil } = this.#emptyResult;
    if (limitedFor > 0) {
      await this.#pause(Math.min(limitedFor, longestWait));
      return;
    }
    const untilDelayed = delayedUntil === 0 ? longestWait : Math.max(delayedUntil - Date.now(), 1);
    this.#isBlocked = true;
    let isSignaled = false;
    try {
      isSignaled = await connection.waitForJob(Math.min(untilDelayed, longestWait));
    } finally {
      this.#isBlocked = false;
    }
    // The signal would be lost for other workers: the job that is given back signals again.
    if (isSignaled && this.#unserved <= 0 && this.#closing === null) await this.#request(() => connection.fetch());
  }

  /** Makes a delivery of a job that has been taken; null if it must not be run. */
  async #lease(job: FetchedJob): Promise<Delivery<Job, Result> | null> {
    const delivery = new Delivery<Job, Result>(job, this.#host as DeliveryHost<Job, Result>);
    this.#held.add(delivery);
    this.#leases.hold(delivery);
    if (job.deferredFailure !== undefined) {
      const { maxStalls } = this.#settings;
      const error = new Error(`the lease of the job ran out ${job.stalls} times; maxStalls is ${maxStalls}`);
      error.name = "UnrecoverableError";
      await this.#track(delivery.nack(error));
      return null;
    }
    // The response may have been on its way for so long that the lease has run out, such as during an outage.
    if (this.#leases.now() - job.leasedAt > this.#settings.lease / 2) {
      const renewedAt = this.#leases.now();
      try {
        const lost = await (this.#connection as WorkerConnection).renew([job]);
        if (lost.length === 0) delivery.confirmedAt = renewedAt;
        else delivery.abandon();
      } catch (error) {
        delivery.abandon();
        throw error;
      }
      return this.#held.has(delivery) ? delivery : null;
    }
    return delivery;
  }

  #deliver(delivery: Delivery<Job, Result>): void {
    const [call] = this.#calls;
    if (call === undefined || this.#closing !== null)
      void this.#track(this.#track(delivery.release(), this.#returning));
    else this.#settle(call)?.resolve(delivery);
  }

  /** Completes a job, and takes the next one by the same request if a call of `next` waits. */
  async #complete(send: (isFetching: boolean) => Promise<FetchResult>): Promise<void> {
    if (this.#unserved <= 0 || this.#closing !== null) {
      await send(false);
      return;
    }
    try {
      await this.#request(() => send(true));
    } finally {
      this.#start();
    }
  }

  #settle(call: Call<Job, Result>): Call<Job, Result> | undefined {
    if (!this.#calls.delete(call)) return undefined;
    call.detach();
    return call;
  }

  async #connect(): Promise<WorkerConnection> {
    if (this.#closing !== null && this.#ready === null) throw new Error("the source is closed");
    this.#ready ??= this.#open();
    return this.#ready;
  }

  async #open(): Promise<WorkerConnection> {
    const connection = (this.#connection = new WorkerConnection(this.#settings));
    try {
      await connection.ready();
      this.#host = this.#hostOf(connection);
      if (this.#closing === null) this.#sweeper.start(0);
      return connection;
    } catch (error) {
      this.#ready = null;
      // A connection to Postgres that has failed once stays failed.
      void connection.close();
      throw error;
    }
  }

  #hostOf(connection: WorkerConnection): DeliveryHost<Job, Result> {
    return {
      connection,
      outcomes: this.#outcomes,
      keepDone: this.#settings.keepDone,
      keepFailed: this.#settings.keepFailed,
      limits: this.#limits,
      leases: this.#leases,
      report: (error) => this.#report(error),
      complete: (send) => this.#complete(send),
      onEnd: (delivery) => this.#held.delete(delivery),
    };
  }

  async #sweep(): Promise<void> {
    try {
      const connection = this.#connection as WorkerConnection;
      await connection.sweep();
      await this.#outcomes?.removeOld(connection, (error) => this.#report(error));
    } catch (error) {
      this.#report(error);
    }
    if (this.#closing === null) this.#sweeper.start(this.#settings.sweep);
  }

  #wake(): void {
    this.#endPause?.();
    if (this.#isBlocked) this.#connection?.wake().catch((error: unknown) => this.#report(error));
  }

  async #close(): Promise<void> {
    for (const call of this.#calls) this.#settle(call)?.resolve(undefined);
    this.#wake();
    this.#sweeper.cancel();
    // The one that is given back last is delivered first.
    for (const delivery of [...this.#held].reverse()) {
      delivery.stop();
      void this.#track(delivery.release());
    }
    if (this.#connection?.isReady === true) await within(this.#drain(), closePatience);
    for (const delivery of this.#held) delivery.abandon();
    await this.#connection?.close();
  }

  /** Waits for the requests in progress and for the ends of deliveries, those that arrive meanwhile included. */
  async #drain(): Promise<void> {
    while (this.#inProgress.size > 0 || this.#held.size > 0) {
      await Promise.allSettled([...this.#inProgress, ...[...this.#held].map((delivery) => delivery.ended())]);
    }
  }

  async #pause(ms: number): Promise<void> {
    await within(new Promise<void>((resolve) => (this.#endPause = resolve)), ms);
    this.#endPause = null;
  }

  async #track<R>(promise: Promise<R>, promises: Set<Promise<unknown>> = this.#inProgress): Promise<R> {
    promises.add(promise);
    try {
      return await promise;
    } finally {
      promises.delete(promise);
    }
  }

  #report(error: unknown): void {
    if (this.#closing === null) this.#settings.onError(toError(error));
  }
}
