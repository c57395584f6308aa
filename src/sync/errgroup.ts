// A group of goroutines that work on one task: the first error is the error of the group.
//
// Invariants, whenever no method is on the stack:
//   1. Under a limit, at most that many slots are taken.
//   2. While a call of `go` waits for a slot, all slots are taken.

import type { Context } from "../context/context.ts";
import { type CancelCauseFunc, withCancelCause } from "../context/api.ts";
import { Check, checkFunction, describe } from "../util/validate.ts";
import { toError, isError } from "../util/inspect.ts";
import { go } from "../runtime/goroutine.ts";
import { chanSend } from "../runtime/wait-reasons.ts";
import { PanicError } from "../runtime/panic.ts";
import { park, unpark } from "../runtime/parking.ts";
import { rejected, fairly, resolveFairly, resolved } from "../runtime/scheduler.ts";
import { WaitQueue } from "../util/wait-queue.ts";
import { ParkedOperation, type Waiter } from "../runtime/waiter.ts";
import { currentRealm, type Realm } from "../runtime/realm.ts";
import { WaitGroup } from "../waitgroup/waitgroup.ts";

const withContextCheck = new Check("ErrGroup.withContext");

/**
 * A group of goroutines whose first error is the error of the group.
 *
 * Mirrors `errgroup.Group` of golang.org/x/sync. There a function returns its error; here one that throws, or returns an
 * `Error`, has failed. JavaScript cannot tell a panic from an error, so a panic inside is an error of the group too.
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
export class ErrGroup {
  readonly #wg = new WaitGroup();
  #cancel: CancelCauseFunc | null = null;

  /** How many goroutines may run; null without a limit. */
  #limit: number | null = null;

  /** The slots that are taken, one for each goroutine that was started under a limit and has not ended. */
  #active = 0;
  readonly #waiters = new WaitQueue<Waiter<void>>();

  /** Where the limit was set. */
  #realm: Realm | undefined;
  #failure: { readonly error: Error } | null = null;

  /**
   * Returns a group, and a context that is canceled at its first error, with that as its cause, or when `wait` resolves.
   *
   * Errors: throws `TypeError` if `parent` is not a context.
   */
  static withContext(parent: Context): [group: ErrGroup, ctx: Context] {
    withContextCheck.isContext("parent", parent);
    const [ctx, cancel] = withCancelCause(parent);
    const group = make();
    group.#cancel = cancel;
    return [group, ctx];
  }

  /**
   * Starts `f` as a goroutine of the group. With a limit it first waits until fewer run; await it, for its promise is what makes the
   * caller wait.
   *
   * Errors: rejects with `TypeError` if `f` is not a function, or is a generator function.
   */
  async go(f: () => unknown): Promise<void> {
    try {
      checkFunction("ErrGroup.go", f);
    } catch (error) {
      return rejected(error);
    }
    // It counts from now on, so that `wait` waits for it too if the caller does not wait here.
    this.#wg.add(1);
    const isLimited = this.#limit !== null;
    if (!this.#takeSlot()) {
      const waiter = new ParkedOperation<void, void>(admitted);
      this.#waiters.push(waiter);
      park(waiter, chanSend, this.#realm === currentRealm());
      await waiter.promise;
    }
    this.#start(f, isLimited);
    await resolved();
  }

  /**
   * Starts `f` if fewer run than the limit, and reports whether it did.
   *
   * Errors: throws `TypeError` if `f` is not a function, or is a generator function.
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
   * Limits the goroutines of the group that run at once to `n`, any whole number: 0 lets none start, and a negative one removes the
   * limit.
   *
   * Errors: throws {@link PanicError} while goroutines of the group run under a limit, or wait for a slot; `RangeError` if `n` is not
   * a whole number.
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
   * Waits until all goroutines of the group have ended.
   *
   * Errors: rejects with the first error, each time. A promise that is kept and awaited later is not an unhandled rejection meanwhile: the
   * group remembers the error.
   */
  wait(): Promise<void> {
    const ended = fairly(this.#wait());
    void ended.catch(ignore);
    return ended;
  }

  async #wait(): Promise<void> {
    await this.#wg.wait();
    this.#cancel?.(this.#failure?.error);
    if (this.#failure !== null) throw this.#failure.error;
  }

  #takeSlot(): boolean {
    if (this.#limit === null) return true;
    if (this.#active >= this.#limit) return false;
    this.#active++;
    return true;
  }

  // A slot goes to the first waiter directly, so that no later call can take it.
  #releaseSlot(): void {
    const next = this.#waiters.shift();
    if (next === null) this.#active--;
    else next.wake(next as never);
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

// A class that names itself in its body is called `_ErrGroup` in a bundle made by esbuild.
function make(): ErrGroup {
  return new ErrGroup();
}

function admitted(waiter: ParkedOperation<void, void>): void {
  unpark(waiter, chanSend);
  resolveFairly(waiter.resolve, undefined, waiter.realm);
}

function ignore(): void {
  // Each call of `wait` rejects with the error again.
}
