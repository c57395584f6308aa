// Operations that wait. A waiter is the node in a wait queue and the slot through which a value passes, in one object. There are two
// kinds, because V8 keeps property accesses fast for few object shapes: a single operation is a `ParkedOperation`, and each case of
// a select is a `Case` (channel/select.ts).

import type { WaitQueue, QueueNode } from "../util/wait-queue.ts";
import { currentRealm, type Realm } from "./realm.ts";
import { rejectFairly, resolveFairly } from "./scheduler.ts";
import { unpark, type WaitReason } from "./wait-reasons.ts";

/**
 * A node of a wait queue. The code that serves a waiter removes it from its queue, sets `value` and `ok`, and then calls `wake` with
 * the waiter itself.
 */
export class Waiter<T> implements QueueNode<Waiter<T>> {
  queue: WaitQueue<Waiter<T>> | null = null;
  prev: Waiter<T> | null = null;
  next: Waiter<T> | null = null;

  /** The value that a sender sends, or that a receiver has received. */
  value: T | undefined;

  /** Whether the value was transferred; false if the channel was closed instead. */
  ok = false;

  /**
   * Completes the operation; runs no user code. With `mayDefer`, the wake-up may be delayed, because a buffer lets other goroutines make
   * progress meanwhile. A field and not a method: a class for each kind of operation would be one more shape each.
   */
  readonly wake: WakeFn<never>;

  constructor(wake: WakeFn<never>, value: T | undefined) {
    this.wake = wake;
    this.value = value;
  }

  /** Removes the operation from all queues but the one from which it is served. */
  leaveQueues(): void {
    // A single operation is in one queue.
  }

  /** The object that stands for the operation in the hooks. */
  get parkedOperation(): object {
    return this;
  }
}

/** The function that completes an operation: see {@link Waiter.wake}. */
export type WakeFn<W> = (waiter: W, mayDefer?: boolean) => void;

type ResolveFn<R> = (result: R | PromiseLike<R>) => void;

// The executors of both classes are written inline: V8 then inlines them and never creates `reject`. A shared executor would have to
// store `resolve` in a variable of the module, a write barrier that costs 10 % of a wait.

/** A promise with its resolve function. It must not be resolved with a user's bare value, which may be a thenable. */
export class Deferred<R> {
  readonly promise: Promise<R>;
  readonly resolve: ResolveFn<R>;
  readonly realm: Realm | undefined = currentRealm();

  constructor() {
    let resolve!: ResolveFn<R>;
    this.promise = new Promise((resolver) => (resolve = resolver));
    this.resolve = resolve;
  }

  /** Ends a wait for `reason` and resolves the promise with `result`, by the scheduler of its realm. */
  resume(reason: WaitReason, result: R, mayDefer?: boolean): void {
    unpark(this, reason);
    resolveFairly(this.resolve, result, this.realm, mayDefer);
  }

  /** Ends a wait for `reason` and rejects the promise with `error`, by the scheduler of its realm. */
  resumeWithError(reason: WaitReason, error: Error): void {
    unpark(this, reason);
    rejectFairly(this.resolve, error, this.realm);
  }
}

/** A single operation that waits, with the promise of its result. */
export class ParkedOperation<T, R> extends Waiter<T> {
  readonly promise: Promise<R>;
  readonly resolve: ResolveFn<R>;
  readonly realm: Realm | undefined = currentRealm();

  constructor(wake: WakeFn<ParkedOperation<T, R>>, value?: T) {
    super(wake, value);
    let resolve!: ResolveFn<R>;
    this.promise = new Promise((resolver) => (resolve = resolver));
    this.resolve = resolve;
  }

  /** Like {@link Deferred.resume}. */
  resume(reason: WaitReason, result: R, mayDefer?: boolean): void {
    unpark(this, reason);
    resolveFairly(this.resolve, result, this.realm, mayDefer);
  }

  /** Like {@link Deferred.resumeWithError}. */
  resumeWithError(reason: WaitReason, error: Error): void {
    unpark(this, reason);
    rejectFairly(this.resolve, error, this.realm);
  }
}
