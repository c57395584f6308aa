// A group of goroutines that work on one task: the first error is the error of the group.
//
// Invariants, whenever no method is on the stack:
//   1. Under a limit, at most that many slots are taken.
//   2. While a call of `go` waits for a slot, all slots are taken.

import { type CancelCauseFunc, withCancelCause } from "../context/derive.ts";
import {
  CancelableOperation,
  checkCancellation,
  shiftUncanceled,
  throwIfCanceled,
} from "../runtime/cancelable-wait.ts";
import type { Cancellation, WaitOptions } from "../runtime/cancellation.ts";
import type { Context } from "../context/context.ts";
import { go } from "../runtime/goroutine.ts";
import { PanicError } from "../runtime/panic.ts";
import { currentRealm, type Realm } from "../runtime/realm.ts";
import { fairly, rejected, resolved } from "../runtime/scheduler.ts";
import { chanSend, park } from "../runtime/wait-reasons.ts";
import type { Waiter } from "../runtime/waiter.ts";
import { isError, Printable, toError, waitingSuffix } from "../util/inspect.ts";
import { Check, checkFunction, describe } from "../util/validate.ts";
import { WaitQueue } from "../util/wait-queue.ts";
import { WaitGroup } from "../waitgroup/waitgroup.ts";

const withContextCheck = /* @__PURE__ */ new Check("ErrGroup.withContext");
const goCheck = /* @__PURE__ */ new Check("ErrGroup.go");
const waitCheck = /* @__PURE__ */ new Check("ErrGroup.wait");

/**
 * A group of goroutines whose first error is the error of the group.
 *
 * In Go a function returns its error; here a function has failed if it throws or returns an `Error`. JavaScript cannot distinguish a panic from
 * an error, so a panic inside is an error of the group too.
 *
 * @see [errgroup.Group](https://pkg.go.dev/golang.org/x/sync/errgroup#Group)
 *
 * @example
 * const [group, ctx] = ErrGroup.withContext(context.background());
 * for (const ms of [10, 20, 30]) {
 *   await group.go(async () => {
 *     const s = await select({ worked: receive(time.after(ms)), gaveUp: receive(ctx.done()) });
 *     if (s.case === "worked" && ms === 20) throw new Error("20 is too long");
 *   });
 * }
 * await group.wait().catch((error: Error) => console.log(error.message)); // 20 is too long
 */
export class ErrGroup extends Printable {
  readonly #wg = new WaitGroup();
  #cancel: CancelCauseFunc | null = null;

  /** The largest number of goroutines that may run; null without a limit. */
  #limit: number | null = null;

  /** The number of slots that are taken, one for each goroutine that was started under a limit and has not finished. */
  #active = 0;
  readonly #waiters = new WaitQueue<Waiter<void>>();

  /** The realm in which the limit was set. */
  #realm: Realm | undefined;
  #failure: { readonly error: Error } | null = null;

  /**
   * Returns a group, and a context that is canceled at the first error of the group, with that error as its cause, or when `wait` resolves.
   *
   * @throws {TypeError} if `parent` is not a context.
   */
  static withContext(parent: Context): [group: ErrGroup, ctx: Context] {
    withContextCheck.isContext("parent", parent);
    const [ctx, cancel] = withCancelCause(parent);
    const group = createGroup();
    group.#cancel = cancel;
    return [group, ctx];
  }

  /**
   * Starts `f` as a goroutine of the group. At the limit it first waits until a goroutine of the group finishes: await the promise, because
   * that is what makes the caller wait.
   *
   * Cancellation: rejects with `ctx.err()` or with the reason of `signal`, also if the cancellation was before the call. `f` is not called
   * then, and `wait` does not wait for it. A cancellation after the start of `f` has no effect: pass `ctx` to `f` too.
   *
   * @throws {TypeError} (rejects) if `f` is not a function, or is a generator function, or for options that are unknown or of a wrong type.
   */
  async go(f: () => unknown, options?: WaitOptions): Promise<void> {
    let cancellation: Cancellation | null = null;
    try {
      checkFunction("ErrGroup.go", f);
      if (options !== undefined) cancellation = checkCancellation(goCheck, options);
      throwIfCanceled(cancellation);
    } catch (error) {
      return rejected(error);
    }
    // Counted from now on: `wait` must wait for it, even if the caller does not await this call.
    this.#wg.add(1);
    const isLimited = this.#limit !== null;
    if (!this.#takeSlot()) {
      const waiter = new CancelableOperation<void, void>(wake, chanSend);
      this.#waiters.push(waiter);
      park(waiter, chanSend, this.#realm === currentRealm());
      try {
        await waiter.cancelBy(cancellation);
      } catch (reason) {
        this.#wg.done();
        throw reason;
      }
    }
    this.#start(f, isLimited);
    await resolved();
  }

  /**
   * Starts `f` as a goroutine of the group if fewer than the limit are running, and reports whether it did.
   *
   * @throws {TypeError} if `f` is not a function, or is a generator function.
   */
  tryGo(f: () => unknown): boolean {
    checkFunction("ErrGroup.tryGo", f);
    const isLimited = this.#limit !== null;
    if (!this.#takeSlot()) return false;
    this.#wg.add(1);
    this.#start(f, isLimited);
    return true;
  }

  /**
   * Limits the number of goroutines of the group that run at once.
   *
   * @param n - an integer: 0 lets none start, and a negative one removes the limit
   * @throws {PanicError} while goroutines of the group run under a limit, or wait for a slot; {RangeError} if `n` is not an integer.
   */
  setLimit(n: number): void {
    if (!Number.isSafeInteger(n)) throw new RangeError(`ErrGroup.setLimit: n must be an integer, got ${describe(n)}`);
    if (this.#active > 0 || this.#waiters.first !== null) {
      throw new PanicError(`errgroup: modify limit while ${this.#active} goroutines in the group are still active`);
    }
    this.#limit = n < 0 ? null : n;
    this.#realm = currentRealm();
  }

  /**
   * Waits until all goroutines of the group have finished.
   *
   * Cancellation: rejects with `ctx.err()` or with the reason of `signal`, also if the cancellation was before the call. The goroutines of
   * the group continue.
   *
   * @throws (rejects) the first error of the group, at each call. A promise that is awaited later is not an unhandled rejection until
   * then, because the group keeps the error.
   */
  wait(options?: WaitOptions): Promise<void> {
    try {
      if (options !== undefined) checkCancellation(waitCheck, options);
      const finished = fairly(this.#wait(options));
      void finished.catch(ignore);
      return finished;
    } catch (error) {
      return rejected(error);
    }
  }

  /** The state of the group, such as `ErrGroup 3/10 running, 1 waiting` under a limit. */
  override toString(): string {
    if (this.#limit === null) return "ErrGroup without a limit";
    return `ErrGroup ${this.#active}/${this.#limit} running${waitingSuffix(this.#waiters.count())}`;
  }

  async #wait(options: WaitOptions | undefined): Promise<void> {
    await this.#wg.wait(options);
    this.#cancel?.(this.#failure?.error);
    if (this.#failure !== null) throw this.#failure.error;
  }

  #takeSlot(): boolean {
    if (this.#limit === null) return true;
    if (this.#active >= this.#limit) return false;
    this.#active++;
    return true;
  }

  // A slot passes to the first waiter directly, so that no later call can take it.
  #releaseSlot(): void {
    const next = shiftUncanceled<void, void>(this.#waiters);
    if (next === null) this.#active--;
    else wake(next);
  }

  #start(f: () => unknown, isLimited: boolean): void {
    go(async () => {
      try {
        const result = await f();
        if (isError(result)) this.#fail(result);
      } catch (error) {
        this.#fail(toError(error));
      }
      if (isLimited) this.#releaseSlot();
      this.#wg.done();
    });
  }

  #fail(error: Error): void {
    if (this.#failure !== null) return;
    this.#failure = { error };
    this.#cancel?.(error);
  }
}

// A class that refers to itself by name in its body is renamed to `_ErrGroup` in a bundle made by esbuild.
function createGroup(): ErrGroup {
  return new ErrGroup();
}

function wake(waiter: CancelableOperation<void, void>): void {
  waiter.resume(chanSend, undefined);
}

function ignore(): void {
  // Each call of `wait` rejects with the error again.
}
