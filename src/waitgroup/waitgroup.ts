// A counter of goroutines that others wait for.
//
// Invariants, whenever no method is on the stack:
//   1. The counter is never below 0.
//   2. At 0 no goroutine waits: the call that made it 0 has woken them, and later use of the group cannot delay them.

import { type GoroutineObserver, spawn } from "../runtime/goroutine.ts";
import { CancelableOperation, checkCancellation, throwIfCanceled } from "../runtime/cancelable-wait.ts";
import type { WaitOptions } from "../runtime/cancellation.ts";
import { PanicError } from "../runtime/panic.ts";
import { currentRealm, type Realm } from "../runtime/realm.ts";
import { rejected, resolved } from "../runtime/scheduler.ts";
import { park, waitGroupWait } from "../runtime/wait-reasons.ts";
import { ParkedOperation, type Waiter } from "../runtime/waiter.ts";
import { Printable, waitingSuffix } from "../util/inspect.ts";
import { Check, describe } from "../util/validate.ts";
import { WaitQueue } from "../util/wait-queue.ts";

/**
 * Waits for a number of goroutines to finish. Each is counted by `add` before it starts and by `done` when it finishes, or by `go`, which
 * does both.
 *
 * @see [sync.WaitGroup](https://pkg.go.dev/sync#WaitGroup)
 *
 * @example
 * const wg = new WaitGroup();
 * for (let id = 1; id <= 3; id++) wg.go((id) => time.sleep(10 * id), id);
 * await wg.wait();
 */
export class WaitGroup extends Printable {
  #count = 0;

  /** The realm in which the counter left 0. */
  #realm: Realm | undefined;
  readonly #waiters = new WaitQueue<Waiter<void>>();

  /**
   * Adds `delta` to the counter. At 0, all waiters are woken.
   *
   * Call it before the counted goroutine is started and not inside it: otherwise `wait` may find the counter at 0 first.
   *
   * @param delta - an integer, which may be negative
   * @throws {PanicError} if the counter would become negative, and {RangeError} if `delta` is not an integer; the counter is then unchanged.
   */
  add(delta: number): void {
    if (!Number.isSafeInteger(delta))
      throw new RangeError(`WaitGroup.add: delta must be an integer, got ${describe(delta)}`);
    if (this.#count + delta < 0) throw new PanicError("sync: negative WaitGroup counter");
    if (this.#count === 0) this.#realm = currentRealm();
    this.#count += delta;
    if (this.#count === 0) this.#waiters.drain(wakeWaiter);
  }

  /**
   * Subtracts 1 from the counter.
   *
   * @throws {PanicError} if the counter is 0.
   */
  done(): void {
    this.add(-1);
  }

  /**
   * Starts `f(...args)` as a goroutine that is counted until it finishes.
   *
   * An error that `f` throws is a panic, as of {@link go}. If the process survives the panic, the goroutine has finished and stops
   * being counted.
   *
   * @throws {TypeError} if `f` is not a function, or is a generator function.
   *
   * @see [WaitGroup.Go](https://pkg.go.dev/sync#WaitGroup.Go)
   */
  go<A extends readonly unknown[]>(f: (...args: A) => unknown, ...args: A): void {
    spawn("WaitGroup.go", f, args, this.#observer);
    this.add(1);
  }

  readonly #observer: GoroutineObserver = {
    onReturn: () => this.done(),
    onPanic: () => this.done(),
  };

  /**
   * Waits until the counter is 0: all counted goroutines have finished, whether they have returned or panicked. Without options it never
   * rejects. Any number of goroutines may wait, and the group can be used again afterwards.
   *
   * Cancellation: rejects with `ctx.err()` or with the reason of `signal`, also if the cancellation was before the call. The goroutines
   * continue, and the group still counts them.
   *
   * @throws {TypeError} (rejects) for options that are unknown or of a wrong type.
   */
  wait(options?: WaitOptions): Promise<void> {
    if (options !== undefined) return this.#waitCancelably(options);
    if (this.#count === 0) return resolved();
    const waiter = new ParkedOperation<void, void>(wake);
    this.#park(waiter);
    return waiter.promise;
  }

  #park(waiter: ParkedOperation<void, void>): void {
    this.#waiters.push(waiter);
    park(waiter, waitGroupWait, this.#realm === currentRealm());
  }

  #waitCancelably(options: WaitOptions): Promise<void> {
    try {
      const cancellation = checkCancellation(waitCheck, options);
      throwIfCanceled(cancellation);
      if (this.#count === 0) return resolved();
      const waiter = new CancelableOperation<void, void>(wake, waitGroupWait);
      this.#park(waiter);
      return waiter.cancelBy(cancellation);
    } catch (error) {
      return rejected(error);
    }
  }

  /** The state of the group, such as `WaitGroup 3, 1 waiting`. */
  override toString(): string {
    return `WaitGroup ${this.#count}${waitingSuffix(this.#waiters.count())}`;
  }
}

const waitCheck = /* @__PURE__ */ new Check("WaitGroup.wait");

function wakeWaiter(waiter: Waiter<void>): void {
  waiter.wake(waiter as never);
}

function wake(waiter: ParkedOperation<void, void>): void {
  waiter.resume(waitGroupWait, undefined);
}
