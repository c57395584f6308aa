// A counter that goroutines wait for.
//
// Invariants, whenever no method is on the stack:
//   1. The counter is never below 0.
//   2. At 0 there are no waiters: the step that made it 0 has released them, and no later round can delay them.

import { checkFunction } from "../util/validate.ts";
import { toError, safeToString } from "../util/inspect.ts";
import { spawn } from "../runtime/goroutine.ts";
import { waitGroupWait } from "../runtime/wait-reasons.ts";
import { PanicError } from "../runtime/panic.ts";
import { park, unpark } from "../runtime/parking.ts";
import { rejectFairly, rejected, resolveFairly, resolved } from "../runtime/scheduler.ts";
import { WaitQueue } from "../util/wait-queue.ts";
import { ParkedOperation, type Waiter } from "../runtime/waiter.ts";
import { currentRealm, type Realm } from "../runtime/realm.ts";

/**
 * Waits for a number of goroutines to finish. Each is counted by `add` before it starts and by `done` when it ends, or by
 * `go`, which does both.
 *
 * Mirrors `sync.WaitGroup`.
 *
 * @example
 * const wg = new WaitGroup();
 * for (let id = 1; id <= 3; id++) wg.go((id) => time.sleep(10 * id), id);
 * await wg.wait();
 */
export class WaitGroup {
  #count = 0;

  /** Where the count began. */
  #realm: Realm | undefined;

  /** The first panic of this round, until a new round begins after a `wait` has rejected with it. */
  #failure: { readonly error: Error; isReported: boolean } | null = null;
  readonly #waiters = new WaitQueue<Waiter<void>>();

  /**
   * Adds `delta`, a whole number that may be negative, to the counter. At 0, all waiters are released.
   *
   * Call it before the goroutine that it counts is started, not inside: `wait` might find 0 before that.
   *
   * Errors: throws {@link PanicError} if the counter would be negative, `RangeError` if `delta` is not a whole number; the
   * counter is then as before.
   */
  add(delta: number): void {
    if (!Number.isSafeInteger(delta))
      throw new RangeError(`WaitGroup.add: delta must be an integer, got ${safeToString(delta)}`);
    if (this.#count + delta < 0) throw new PanicError("sync: negative WaitGroup counter");
    if (this.#count === 0) {
      this.#realm = currentRealm();
      if (delta > 0 && this.#failure?.isReported === true) this.#failure = null;
    }
    this.#count += delta;
    if (this.#count === 0) this.#release();
  }

  /** Takes 1 from the counter. */
  done(): void {
    this.add(-1);
  }

  /**
   * Starts `f(...args)` as a goroutine and counts it until it ends.
   *
   * Errors: throws `TypeError` if `f` is not a function, or is a generator function. An error of `f` is a panic, as with `go`. If the
   * process survives it, the goroutine has ended and stops being counted, and `wait` rejects with the error.
   *
   * Mirrors `WaitGroup.Go`.
   */
  go<A extends readonly unknown[]>(f: (...args: A) => unknown, ...args: A): void {
    checkFunction("WaitGroup.go", f);
    spawn("WaitGroup.go", f, args, this.#owner);
    this.add(1);
  }

  readonly #owner = {
    onReturn: (): void => this.done(),
    onPanic: (error: unknown): void => {
      this.#failure ??= { error: toError(error), isReported: false };
      this.done();
    },
  };

  /**
   * Waits until the counter is 0. Any number of goroutines may wait, and the group can be used again afterwards.
   *
   * Errors: if goroutines of {@link WaitGroup.go} have panicked and the process survived it, rejects with the first of their errors, when
   * the counter is 0 and not before. Every `wait` does so until `add` or `go` begins a new round at 0 after at least one of
   * them has rejected: no panic is forgotten that was not reported. What was thrown and is not an Error is the `cause` of one.
   */
  wait(): Promise<void> {
    if (this.#count > 0) {
      const waiter = new ParkedOperation<void, void>(this.#released);
      this.#waiters.push(waiter);
      park(waiter, waitGroupWait, this.#realm === currentRealm());
      return waiter.promise;
    }
    if (this.#failure === null) return resolved();
    this.#failure.isReported = true;
    return rejected(this.#failure.error);
  }

  #release(): void {
    for (let waiter = this.#waiters.shift(); waiter !== null; waiter = this.#waiters.shift())
      waiter.wake(waiter as never);
  }

  readonly #released = (waiter: ParkedOperation<void, void>): void => {
    unpark(waiter, waitGroupWait);
    if (this.#failure === null) {
      resolveFairly(waiter.resolve, undefined, waiter.realm);
      return;
    }
    this.#failure.isReported = true;
    rejectFairly(waiter.resolve, this.#failure.error, waiter.realm);
  };
}
