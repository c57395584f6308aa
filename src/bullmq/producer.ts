// The sending end of a queue. A send resolves when the engine has stored the job.
//
// Invariants, whenever no method is on the stack:
//   1. The loop runs if a send waits. One request is in progress at a time, with at most 16 jobs.
//   2. Between two readings of the length of the queue, at most 16 jobs are stored, and no more than there was room for.
//   3. Every send settles: the job is stored, the engine refuses it, or the context is canceled.

import { endState, type SendChannel } from "../channel/channel.ts";
import { ChannelState } from "../channel/channel-state.ts";
import { causeOf, onCancel } from "../context/cancel.ts";
import type { Context } from "../context/context.ts";
import { checkCancellation, throwIfCanceled } from "../runtime/cancelable-wait.ts";
import { type CancelableWait, type Cancellation, reasonOf, type WaitOptions } from "../runtime/cancellation.ts";
import { PanicError } from "../runtime/panic.ts";
import { rejected } from "../runtime/scheduler.ts";
import { raise } from "../runtime/goroutine.ts";
import { RuntimeTimer } from "../runtime/timer.ts";
import { Waiter } from "../runtime/waiter.ts";
import { printAsString, toError } from "../util/inspect.ts";
import { Check, describe } from "../util/validate.ts";
import type { NewJob } from "./connection.ts";
import { isTemporary } from "./errors.ts";
import { maxPriority, type ResolvedQueueOptions } from "./options.ts";
import { checkPlainData, type DataLimits } from "./plain-data.ts";
import { ProducerConnection } from "./producer-connection.ts";

/** The greatest number of jobs in a request, and between two readings of the length of the queue. */
const batchSize = 16;

/** The pauses between two readings of the length of a full queue, and between two requests, in milliseconds. */
const shortestPause = 20;
const longestPause = 1000;

const sendCheck = /* @__PURE__ */ new Check("JobChannel.send");

/** The sending end of a queue on other machines. */
export interface JobChannel<in Job> extends SendChannel<Job> {
  /**
   * Stores `job`.
   *
   * Cancellation: rejects with `ctx.err()` or with the reason of `signal`, also if the cancellation was before the call. A job whose
   * request is in progress may be stored in spite of the rejection; any other job is not stored. The same is true for the context of the
   * channel.
   */
  readonly send: (job: Job, options?: WaitOptions) => Promise<void>;

  /** Resolves when the engine has stored all jobs that have been sent before, or has refused them; immediately if there are none. */
  readonly flush: () => Promise<void>;
}

/** A send that waits, in `#pending` or in a request. */
class PendingSend implements NewJob, CancelableWait {
  readonly id: string;
  readonly data: string;
  readonly priority: number;
  readonly promise: Promise<void>;
  readonly #cancellation: Cancellation | null;
  readonly #onCancel: (send: PendingSend) => void;
  #resolve!: () => void;
  #reject!: (error: Error) => void;

  /** Whether the promise has settled. */
  isSettled = false;

  constructor(job: NewJob, cancellation: Cancellation | null, onCancel: (send: PendingSend) => void) {
    this.id = job.id;
    this.data = job.data;
    this.priority = job.priority;
    this.#cancellation = cancellation;
    this.#onCancel = onCancel;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    cancellation?.watch(this);
  }

  resolve(): void {
    this.#settle();
    this.#resolve();
  }

  reject(error: Error): void {
    this.#settle();
    this.#reject(error);
  }

  cancel(): void {
    this.reject(reasonOf(this.#cancellation as Cancellation));
    this.#onCancel(this);
  }

  #settle(): void {
    this.isSettled = true;
    this.#cancellation?.unwatch();
  }
}

/** How many jobs may be stored before the length of the queue is read again. */
export class Room {
  readonly #depth: number;

  /** The room for which more sends than that wait: a request for each place that becomes free would cost as much as one for a full batch. */
  readonly #least: number;
  #size = 0;

  constructor(depth: number) {
    this.#depth = depth;
    this.#least = Math.max(Math.min(Math.floor(depth / 8), batchSize), 1);
  }

  get size(): number {
    return this.#size;
  }

  /** Whether a request is worthwhile while `count` sends wait. */
  isEnoughFor(count: number): boolean {
    return this.#size >= Math.min(count, this.#least);
  }

  /** Sets the room beside `length` jobs. */
  read(length: number): void {
    this.#size = Math.max(Math.min(this.#depth - length, batchSize), 0);
  }

  /** Takes the room of `count` jobs. */
  take(count: number): void {
    this.#size -= count;
  }
}

/** The producer behind a {@link JobChannel}. */
export class Producer<Job> {
  static {
    printAsString(this.prototype);
  }

  readonly #options: ResolvedQueueOptions<Job>;
  readonly #limits: DataLimits;
  readonly #ctx: Context;
  #pending: Set<PendingSend> = new Set<PendingSend>();
  readonly #detach: () => void;
  #batch: readonly PendingSend[] = [];
  #connection: ProducerConnection | null = null;
  #isRunning = false;

  readonly #room: Room;

  /** The greatest number of jobs in the next request. */
  #batchLimit = batchSize;
  #isClosed = false;
  #endPause: (() => void) | null = null;
  #flushes: (() => void)[] = [];

  /** The channel by which `select` sends; it is made when it is used. */
  #selected: ChannelState<Job> | null = null;
  #receiver: Waiter<Job> | null = null;

  /** The number of jobs that `select` has sent and that are not in `#pending` yet. */
  #taken = 0;

  constructor(ctx: Context, options: ResolvedQueueOptions<Job>, limits: DataLimits) {
    this.#ctx = ctx;
    this.#options = options;
    this.#room = new Room(options.depth);
    this.#limits = limits;
    this.#detach = onCancel(ctx, () => this.#cancel());
    // A getter by this name cannot be declared in a class.
    Object.defineProperty(this, endState, { get: () => (this.#selected ??= this.#makeSelected()) });
  }

  readonly send = (job: Job, options: WaitOptions = {}): Promise<void> => {
    try {
      const cancellation = checkCancellation(sendCheck, options);
      throwIfCanceled(cancellation);
      if (this.#isClosed) throw new PanicError("send on closed channel");
      const cause = causeOf(this.#ctx);
      if (cause !== undefined) throw cause;
      return this.#enqueue(job, cancellation);
    } catch (error) {
      return rejected(error);
    }
  };

  readonly trySend = (): boolean => {
    if (this.#isClosed) throw new PanicError("send on closed channel");
    return false;
  };

  readonly close = (): void => {
    if (this.#isClosed) throw new PanicError("close of closed channel");
    this.#isClosed = true;
    this.#selected?.close();
    if (this.length === 0) void this.#disconnect();
  };

  readonly flush = (): Promise<void> =>
    this.length === 0 ? Promise.resolve() : new Promise((resolve) => this.#flushes.push(resolve));

  /** The number of sends that wait. */
  get length(): number {
    return this.#pending.size + this.#batch.length + this.#taken;
  }

  get capacity(): number {
    return this.#options.depth;
  }

  toString(): string {
    return `Jobs(${this.#options.name}) ${this.length} waiting${this.#isClosed ? ", closed" : ""}`;
  }

  #enqueue(job: Job, cancellation: Cancellation | null): Promise<void> {
    const { idOf, priorityOf } = this.#options;
    if (job === null || job === undefined) throw new TypeError(`send: a job must not be ${describe(job)}`);
    // The text is a copy: the caller may change its object while the job waits.
    const data = checkPlainData("send", "job", job, this.#limits);
    const id = checkId(idOf(job));
    const priority = priorityOf === undefined ? 0 : toEnginePriority(priorityOf(job));
    // The functions of the user may have canceled it.
    throwIfCanceled(cancellation);
    const send = new PendingSend({ id, data, priority }, cancellation, this.#onSendCanceled);
    this.#pending.add(send);
    if (!this.#isRunning) {
      this.#isRunning = true;
      void this.#run();
    }
    return send.promise;
  }

  readonly #onSendCanceled = (send: PendingSend): void => {
    this.#pending.delete(send);
    if (this.length > 0) return;
    this.#endFlush();
    this.#endPause?.();
    // The connection may wait for a server that is away.
    if (this.#isClosed) void this.#disconnect();
  };

  async #run(): Promise<void> {
    // Sends of the same turn are stored by one request.
    await Promise.resolve();
    let pause = shortestPause;
    while (this.#pending.size > 0) {
      try {
        const connection = await this.#connect();
        if (!this.#hasRoom) await this.#readRoom(connection);
        if (this.#hasRoom) {
          const isRead = await this.#store(connection);
          pause = shortestPause;
          if (!isRead || this.#hasRoom) continue;
        }
      } catch (error) {
        const isFinal = !isTemporary(error);
        if (isFinal) this.#refuse(toError(error));
        // Some were refused, and others were canceled while their request was in progress.
        for (const send of this.#pending) if (send.isSettled) this.#pending.delete(send);
        if (isFinal) continue;
        if (this.#pending.size === 0) break;
        this.#options.onError(toError(error));
      }
      await this.#pause(pause);
      pause = Math.min(2 * pause, longestPause);
    }
    this.#isRunning = false;
    this.#endFlush();
    if (this.#isClosed || causeOf(this.#ctx) !== undefined) await this.#disconnect();
  }

  get #hasRoom(): boolean {
    return this.#room.isEnoughFor(this.#pending.size);
  }

  async #connect(): Promise<ProducerConnection> {
    if (this.#connection?.isReady === true) return this.#connection;
    const connection = (this.#connection = new ProducerConnection(this.#options));
    try {
      await connection.ready();
      return connection;
    } catch (error) {
      // A connection to Postgres that has failed once stays failed.
      if (this.#connection === connection) this.#connection = null;
      void connection.close();
      throw error;
    }
  }

  async #readRoom(connection: ProducerConnection): Promise<void> {
    this.#room.read(this.#options.depth === Infinity ? 0 : await connection.length());
  }

  /** Stores a batch, and returns whether the length of the queue has been read, too. */
  async #store(connection: ProducerConnection): Promise<boolean> {
    // They stay in the queue of sends until they are stored: a failed request is repeated with the same ids.
    const batch = (this.#batch = this.#takePending(Math.min(this.#batchLimit, this.#room.size)));
    this.#room.take(batch.length);
    // The length is requested in the same turn, so that a batch takes one round trip. It may be read before the jobs are stored.
    const isLast = !this.#hasRoom && this.#options.depth !== Infinity && this.#pending.size > 0;
    const length = isLast ? connection.length() : undefined;
    length?.catch(() => undefined);
    try {
      await connection.add(batch);
      for (const send of batch) send.resolve();
      this.#batchLimit = Math.min(2 * this.#batchLimit, batchSize);
      if (length !== undefined) this.#room.read((await length) + batch.length);
      return length !== undefined;
    } catch (error) {
      this.#room.take(this.#room.size);
      if (this.#batch === batch) this.#pending = new Set([...batch, ...this.#pending]);
      throw error;
    } finally {
      if (this.#batch === batch) this.#batch = [];
    }
  }

  #takePending(limit: number): readonly PendingSend[] {
    const batch: PendingSend[] = [];
    for (const send of this.#pending) {
      if (batch.length === limit) break;
      batch.push(send);
      this.#pending.delete(send);
    }
    return batch;
  }

  /**
   * Handles an error that does not end by itself. Without a connection, all sends are rejected. One job of a request for several may be the
   * reason: the jobs are then sent one by one, and only the send whose job is refused is rejected.
   */
  #refuse(error: Error): void {
    const [first] = this.#pending;
    if (this.#connection === null) for (const send of this.#pending) send.reject(error);
    else if (this.#batchLimit === 1) first?.reject(error);
    this.#batchLimit = 1;
  }

  #cancel(): void {
    const cause = causeOf(this.#ctx) as Error;
    for (const send of [...this.#batch, ...this.#pending]) send.reject(cause);
    this.#pending.clear();
    this.#batch = [];
    if (this.#receiver !== null) this.#selected?.removeWaiter(this.#receiver);
    this.#endPause?.();
    // Also while it is being established, or waits for a server that is away.
    void this.#disconnect();
  }

  async #disconnect(): Promise<void> {
    this.#detach();
    const connection = this.#connection;
    this.#connection = null;
    await connection?.close();
  }

  async #pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = new RuntimeTimer("goro/bullmq", resolve);
      timer.start(ms);
      this.#endPause = () => {
        timer.cancel();
        resolve();
      };
    });
    this.#endPause = null;
  }

  /** Makes the channel by which `select` sends. It takes a job when the previous one has been stored. */
  #makeSelected(): ChannelState<Job> {
    const state = new ChannelState<Job>(0, this.#options.name);
    if (this.#isClosed) state.close();
    else if (causeOf(this.#ctx) === undefined) this.#receiveSelected(state);
    return state;
  }

  #receiveSelected(state: ChannelState<Job>): void {
    this.#receiver = new Waiter<Job>((receiver: Waiter<Job>) => {
      this.#receiver = null;
      if (!receiver.ok) return;
      this.#taken++;
      // The functions of the user must not run inside the select.
      queueMicrotask(() => void this.#storeSelected(state, receiver.value as Job));
    }, undefined);
    state.pushReceiver(this.#receiver);
  }

  /** Stores a job that `select` has sent. An error is a panic, because the select is over. */
  async #storeSelected(state: ChannelState<Job>, job: Job): Promise<void> {
    this.#taken--;
    try {
      await this.#enqueue(job, null);
    } catch (error) {
      if (causeOf(this.#ctx) === undefined) raise(error);
    }
    this.#endFlush();
    if (!this.#isClosed && causeOf(this.#ctx) === undefined) this.#receiveSelected(state);
  }

  #endFlush(): void {
    if (this.length === 0) for (const resolve of this.#flushes.splice(0)) resolve();
  }
}

/** The names of the keys that BullMQ has in Redis beside those of the jobs: a job with such an id would be taken for a stored one. */
const reservedIds = new Set(
  (
    "active completed de delayed events failed id limiter marker meta paused pc prioritized priority repeat stalled " +
    "stalled-check wait waiting-children"
  ).split(" "),
);

/** Returns `id` if BullMQ accepts it. */
function checkId(id: unknown): string {
  if (typeof id !== "string") throw new TypeError(`send: id must return a string, got ${describe(id)}`);
  if (reservedIds.has(id)) {
    throw new RangeError(
      `send: the id ${id} is reserved by BullMQ; begin the ids with a word of their own, such as job-${id}`,
    );
  }
  if (id !== "" && !/[:\0]|^-?\d+$/.test(id)) return id;
  throw new RangeError(
    "send: an id must not be empty or a whole number, and must not contain a colon or a NUL character, " +
      `got ${describe(id)}; write a word before it, such as job-1`,
  );
}

function toEnginePriority(priority: unknown): number {
  if (Number.isInteger(priority) && Math.abs(priority as number) <= maxPriority) {
    return maxPriority + 1 - (priority as number);
  }
  throw new RangeError(
    `send: priority must return a whole number from -${maxPriority} to ${maxPriority}, got ${describe(priority)}`,
  );
}
