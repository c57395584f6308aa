// The jobs of a queue as a source for a pool. A job is requested only while a call of `next` waits: by several requests at once while the
// queue has jobs; otherwise one loop waits for a signal of the server. The request that completes a job takes the next one if a call waits.
//
// Invariants, whenever no method is on the stack:
//   1. The requests in progress that take a job (`#reserved`) are at most as many as the calls of `next` that wait, unless calls were
//      canceled meanwhile. A job without a call is given back at once.
//   2. A delivery has a lease until the engine has responded to its end, the lease is lost, or the source is closed.
//   3. If a call of `next` waits that no request in progress serves, the loop runs, or a request is in progress whose end starts another one.
//
// The objects that come and go with each job are in linked lists and not in Sets; see `Leases`.

import { causeOf, onCancel } from "../context/cancel.ts";
import type { Context } from "../context/context.ts";
import type { JobSource } from "../pool/source.ts";
import { resolvedPromise } from "../runtime/scheduler.ts";
import { RuntimeTimer } from "../runtime/timer.ts";
import { toError } from "../util/inspect.ts";
import { type QueueNode, WaitQueue } from "../util/wait-queue.ts";
import { Delivery, type DeliveryHost } from "./delivery.ts";
import { closePatience, within } from "./connection.ts";
import { Leases } from "./leases.ts";
import type { EngineSettings } from "./options.ts";
import { OutcomeWriter } from "./outcomes.ts";
import type { DataLimits } from "./plain-data.ts";
import { type FetchedJob, type FetchResult, WorkerConnection } from "./worker-connection.ts";

/** How long the loop waits for a signal of the server before it looks for a job itself, in milliseconds. */
const longestWait = 5000;

/** How many jobs in a row show, with `linger`, that the queue has more, so that several requests at once are worthwhile. */
const lingerJobs = 8;

/** A call of `next` that waits. */
class Call<Job, Result> implements QueueNode<Call<Job, Result>> {
  queue: WaitQueue<Call<Job, Result>> | null = null;
  prev: Call<Job, Result> | null = null;
  next: Call<Job, Result> | null = null;
  readonly resolve: (delivery: Delivery<Job, Result> | undefined) => void;
  readonly reject: (error: Error) => void;
  detach: (() => void) | null = null;

  constructor(resolve: (delivery: Delivery<Job, Result> | undefined) => void, reject: (error: Error) => void) {
    this.resolve = resolve;
    this.reject = reject;
  }
}

/** A request in progress that may take a job. */
class Taking implements QueueNode<Taking> {
  queue: WaitQueue<Taking> | null = null;
  prev: Taking | null = null;
  next: Taking | null = null;

  /** Called when the request has ended and its job is delivered or is being given back. */
  onEnd: (() => void)[] | null = null;

  ended(): Promise<void> {
    return new Promise((resolve) => (this.onEnd ??= []).push(resolve));
  }
}

/** The source of the jobs of one queue. */
export class Deliveries<Job, Result> implements JobSource<Job, Result> {
  readonly #settings: EngineSettings;
  readonly #outcomes: OutcomeWriter | null;
  readonly #limits: DataLimits;
  readonly #leases: Leases;
  readonly #calls = new WaitQueue<Call<Job, Result>>();
  #callCount = 0;

  /** The other requests in progress, the loop included. */
  readonly #inProgress = new Set<Promise<unknown>>();

  /** The requests in progress that may take a job, and those that give a job back that no call waits for. */
  readonly #taking = new WaitQueue<Taking>();
  readonly #returning = new Set<Promise<unknown>>();
  readonly #sweeper = new RuntimeTimer("goro/bullmq", () => void this.#sweep());

  /** The connection, which may be being established, and the promise of that. */
  #connection: WorkerConnection | null = null;
  #ready: Promise<WorkerConnection> | null = null;

  /** What all deliveries share. */
  #host: DeliveryHost | null = null;
  #reserved = 0;
  #isRunning = false;
  #willStart = false;

  /**
   * The requests in progress that only take a job, and how many there may be: one after a response without a job, and twice as many after
   * each job. Otherwise a job that arrives while 50 calls wait would cost 50 requests, of which 49 find nothing.
   */
  #fetches = 0;
  #width = 1;

  /** Whether the last response had no job or, with `linger`, one of the last few: then the loop requests the next job. */
  #isDry = false;

  /** The last response without a job, and the number of responses since then. */
  #jobsInARow = 0;
  #emptyResult: FetchResult = { job: undefined, limitedFor: 0, delayedUntil: 0 };

  /** Whether the loop has paused for `linger` since the last job. */
  #hasLingered = true;

  /** Whether the loop waits for a signal. It then serves one call. */
  #isBlocked = false;
  #waiting: Promise<void> | null = null;
  #endPause: (() => void) | null = null;
  #closing: Promise<void> | null = null;

  /** @param keepOutcomes how long outcomes are kept that are not read, in milliseconds; null if none are stored */
  constructor(settings: EngineSettings, keepOutcomes: number | null, limits: DataLimits) {
    this.#settings = settings;
    this.#limits = limits;
    this.#outcomes = keepOutcomes === null ? null : new OutcomeWriter(keepOutcomes, () => this.#leases.count());
    this.#leases = new Leases(
      settings.lease,
      async (leases) => (await this.#connect()).renew(leases),
      (error) => this.#report(error),
    );
  }

  next(ctx: Context): Promise<Delivery<Job, Result> | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#closing !== null) {
        resolve(undefined);
        return;
      }
      const call = new Call<Job, Result>(resolve, reject);
      this.#calls.push(call);
      this.#callCount++;
      call.detach = onCancel(ctx, () => {
        this.#remove(call);
        if (this.#callCount === 0) this.#wake();
        void this.#rejectCanceled(call, causeOf(ctx) as Error);
      });
      if (this.#willStart) return;
      this.#willStart = true;
      // A call of `ack` in the same turn takes the job for this call by its own request.
      void resolvedPromise.then(noop).then(this.#startLater);
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** The number of calls of `next` that neither a request in progress nor the loop, while it waits, serves. */
  get #unserved(): number {
    return this.#callCount - this.#reserved - (this.#isBlocked ? 1 : 0);
  }

  /**
   * Rejects a canceled call when no job is held for it: a job that a request in progress takes is given back first. Otherwise a job that is
   * run alone could end the process while it holds another one.
   */
  async #rejectCanceled(call: Call<Job, Result>, cause: Error): Promise<void> {
    const taking = this.#allTaking();
    if (this.#callCount === 0 && this.#waiting !== null) taking.push(this.#waiting);
    const returned = Promise.allSettled(taking).then(() => Promise.allSettled(this.#returning));
    await within(returned, closePatience);
    call.reject(cause);
  }

  readonly #startLater = (): void => {
    this.#willStart = false;
    this.#start();
  };

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
      await this.#take(async () => (await this.#connect()).fetch());
    } catch (error) {
      // The caller decides when to try again.
      this.#rejectCalls(error);
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
      this.#rejectCalls(error);
    } finally {
      this.#isRunning = false;
    }
    this.#start();
  }

  /** Sends a request that takes a job for a call of `next`, and delivers the job. */
  async #take(send: (isFetching: boolean) => Promise<FetchResult>, isCompletion: boolean = false): Promise<void> {
    const taking = new Taking();
    this.#taking.push(taking);
    this.#reserved++;
    let isReserved = true;
    try {
      const result = await send(true);
      const { job } = result;
      this.#jobsInARow = job === undefined ? 0 : this.#jobsInARow + 1;
      this.#isDry = this.#jobsInARow < (this.#settings.linger === undefined ? 1 : lingerJobs);
      this.#width = this.#isDry ? 1 : Math.max(Math.min(2 * this.#width, this.#callCount), 1);
      if (job === undefined) {
        this.#emptyResult = result;
      } else {
        this.#hasLingered = false;
        const delivery = new Delivery<Job, Result>(job, this.#host as DeliveryHost);
        this.#leases.hold(delivery);
        const mayRun = this.#isFresh(job) || (await this.#confirm(delivery, job));
        this.#reserved--;
        isReserved = false;
        if (mayRun) this.#deliver(delivery);
      }
    } finally {
      if (isReserved) this.#reserved--;
      this.#taking.remove(taking);
      if (taking.onEnd !== null) for (const resolve of taking.onEnd) resolve();
      if (isCompletion) this.#start();
    }
  }

  /** Waits until there may be a job. */
  async #waitForJob(connection: WorkerConnection): Promise<void> {
    const { limitedFor, delayedUntil } = this.#emptyResult;
    const { linger } = this.#settings;
    if (linger !== undefined && !this.#hasLingered) {
      this.#hasLingered = true;
      await this.#pause(linger);
      return;
    }
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
    if (isSignaled && this.#unserved <= 0 && this.#closing === null) await this.#take(() => connection.fetch());
  }

  /** Whether a job that has been taken may be run at once. */
  #isFresh(job: FetchedJob): boolean {
    return job.deferredFailure === undefined && this.#leases.now() - job.leasedAt <= this.#settings.lease / 2;
  }

  /** Ends a delivery that must not be run; confirms the lease of another one, and returns whether it is held. */
  async #confirm(delivery: Delivery<Job, Result>, job: FetchedJob): Promise<boolean> {
    if (job.deferredFailure !== undefined) {
      const { maxStalls } = this.#settings;
      const error = new Error(`the lease of the job ran out ${job.stalls} times; maxStalls is ${maxStalls}`);
      error.name = "UnrecoverableError";
      await this.#track(delivery.nack(error));
      return false;
    }
    // The response may have been on its way for so long that the lease has run out, such as during an outage.
    const renewedAt = this.#leases.now();
    try {
      const lost = await (this.#connection as WorkerConnection).renew([job]);
      if (lost.length === 0) delivery.confirmedAt = renewedAt;
      else delivery.abandon();
    } catch (error) {
      delivery.abandon();
      throw error;
    }
    return this.#leases.isHeld(delivery);
  }

  #deliver(delivery: Delivery<Job, Result>): void {
    const call = this.#calls.first;
    if (call === null || this.#closing !== null) void this.#track(this.#track(delivery.release(), this.#returning));
    else this.#settle(call).resolve(delivery);
  }

  /** Completes a job, and takes the next one by the same request if a call of `next` waits. */
  #complete(send: (isFetching: boolean) => Promise<FetchResult>): Promise<unknown> {
    return this.#unserved <= 0 || this.#closing !== null ? send(false) : this.#take(send, true);
  }

  #remove(call: Call<Job, Result>): void {
    this.#calls.remove(call);
    this.#callCount--;
  }

  /** Removes a call that waits, and returns it. */
  #settle(call: Call<Job, Result>): Call<Job, Result> {
    this.#remove(call);
    call.detach?.();
    return call;
  }

  #rejectCalls(error: unknown): void {
    this.#calls.drain((call) => {
      this.#callCount--;
      call.detach?.();
      call.reject(toError(error));
    });
  }

  /** Returns promises of the ends of all requests in progress that may take a job. */
  #allTaking(): Promise<void>[] {
    const ends: Promise<void>[] = [];
    for (let taking = this.#taking.first; taking !== null; taking = taking.next) ends.push(taking.ended());
    return ends;
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

  #hostOf(connection: WorkerConnection): DeliveryHost {
    return {
      connection,
      outcomes: this.#outcomes,
      keepDone: this.#settings.keepDone,
      keepFailed: this.#settings.keepFailed,
      limits: this.#limits,
      leases: this.#leases,
      report: (error) => this.#report(error),
      complete: (send) => this.#complete(send),
      track: (promise) => this.#track(promise),
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
    for (let call = this.#calls.first; call !== null; call = this.#calls.first) this.#settle(call).resolve(undefined);
    this.#wake();
    this.#sweeper.cancel();
    // The one that is given back last is delivered first.
    for (const delivery of this.#held.reverse()) {
      delivery.stop();
      void this.#track(delivery.release());
    }
    if (this.#connection?.isReady === true) await within(this.#drain(), closePatience);
    for (const delivery of this.#held) delivery.abandon();
    await this.#connection?.close();
  }

  get #held(): Delivery<Job, Result>[] {
    return this.#leases.held.filter((lease) => lease instanceof Delivery);
  }

  /** Waits for the requests in progress and for the ends of deliveries, those that arrive meanwhile included. */
  async #drain(): Promise<void> {
    while (this.#inProgress.size > 0 || this.#taking.first !== null || !this.#leases.isEmpty) {
      const ends = this.#held.map((delivery) => delivery.ended());
      await Promise.allSettled([...this.#inProgress, ...this.#allTaking(), ...ends]);
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

function noop(): void {
  // One round of the microtask queue.
}
