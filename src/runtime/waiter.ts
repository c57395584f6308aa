// Somebody who waits: the node that stands in a line and the slot through which the value is handed over, in one object.
// A single operation is a `Parked`; a case of a select is a waiter too (channel/select.ts). There are no other kinds: an
// engine keeps the accesses to two shapes fast, and not those to five.

import type { WaitQueue, QueueNode } from "../util/wait-queue.ts";
import { currentRealm, type Realm } from "./realm.ts";

/** Whoever serves a waiter takes it out of its line, puts `value` and `ok` in place, and calls `settle` with it. */
export class Waiter<T> implements QueueNode<Waiter<T>> {
  queue: WaitQueue<Waiter<T>> | null = null;
  prev: Waiter<T> | null = null;
  next: Waiter<T> | null = null;

  /** What a sender wants to hand over, or what a receiver has been given. */
  value: T | undefined;

  /** Whether the value has changed hands; false when the channel was closed instead. */
  ok = false;

  /**
   * Hears that the waiter has been served, and whether it may be patient: others have something to do meanwhile. It runs no user
   * code. A field, because methods would need a shape each.
   */
  readonly wake: WakeFn<never>;

  constructor(settle: WakeFn<never>, value: T | undefined) {
    this.wake = settle;
    this.value = value;
  }

  /** Leaves the queues, besides the one that it is served from, in which the same operation is queued. */
  leaveQueues(): void {
    // A single operation is in one queue.
  }

  /** The object that stands for the operation in the hooks. */
  get parkedOperation(): object {
    return this;
  }
}

type WakeFn<W> = (waiter: W, mayDefer?: boolean) => void;

type Answer<R> = (result: R | PromiseLike<R>) => void;

// The executors of both stand where they are used. An engine takes them apart there and makes neither them nor the function
// that rejects; one executor for all would have to leave what it is given in a place as old as the module, at a tenth of a wait.

/** A promise, and the function that settles it. Never answer with a bare value of the user's: it may be a thenable. */
export class Deferred<R> {
  readonly promise: Promise<R>;
  readonly resolve: Answer<R>;
  readonly realm: Realm | undefined = currentRealm();

  constructor() {
    let resolve!: Answer<R>;
    this.promise = new Promise((settle) => (resolve = settle));
    this.resolve = resolve;
  }
}

/** One operation that waits, and the promise of its result. */
export class ParkedOperation<T, R> extends Waiter<T> {
  readonly promise: Promise<R>;
  readonly resolve: Answer<R>;
  readonly realm: Realm | undefined = currentRealm();

  constructor(settle: WakeFn<ParkedOperation<T, R>>, value?: T) {
    super(settle, value);
    let resolve!: Answer<R>;
    this.promise = new Promise((settle) => (resolve = settle));
    this.resolve = resolve;
  }
}
