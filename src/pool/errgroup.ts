// Goroutines that work on one thing: they end together, and the first error speaks for all.

import { Channel } from "../channel/channel.ts";
import type { Context } from "../context/context.ts";
import { type CancelCauseFunc, withCancelCause } from "../context/namespace.ts";
import { go } from "../goroutine/go.ts";
import { asText, isError } from "../goroutine/foreign.ts";
import { PanicError } from "../goroutine/panic.ts";
import { passed } from "../internal/gate.ts";
import { WaitGroup } from "../waitgroup/waitgroup.ts";
import { asError } from "./outcome.ts";

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

  /** A place in it for each goroutine that runs; null without a limit. */
  #places: Channel<undefined> | null = null;
  #waiting = 0;
  #failure: { readonly error: Error } | null = null;

  /** A group, and a context that ends at its first error, with that as its cause, or when `wait` is over. */
  static withContext(parent: Context): [group: ErrGroup, ctx: Context] {
    const [ctx, cancel] = withCancelCause(parent);
    const group = make();
    group.#cancel = cancel;
    return [group, ctx];
  }

  /**
   * Starts `f` as a goroutine of the group. With a limit it first waits until fewer run; await it, for it says so by its
   * promise.
   *
   * Errors: rejects with `TypeError` if `f` is no function.
   */
  async go(f: () => unknown): Promise<void> {
    check("ErrGroup.go", f);
    const places = this.#places;
    // It counts from now on, so that `wait` waits for it too if the caller does not wait here.
    this.#wg.add(1);
    if (places?.trySend(undefined) === false) {
      this.#waiting++;
      await places.send(undefined);
      this.#waiting--;
    }
    this.#start(f, places);
    await passed();
  }

  /**
   * Starts `f` if fewer run than the limit, and tells whether it did.
   *
   * Errors: throws `TypeError` if `f` is no function.
   */
  tryGo(f: () => unknown): boolean {
    check("ErrGroup.tryGo", f);
    const places = this.#places;
    if (places?.trySend(undefined) === false) return false;
    this.#wg.add(1);
    this.#start(f, places);
    return true;
  }

  /**
   * Lets at most `n` goroutines of the group run at once: a whole number; 0 lets none start, and a negative one takes the limit
   * away.
   *
   * Errors: throws {@link PanicError} while goroutines of the group run under a limit, or wait for it; `RangeError` if `n` is not a
   * whole number.
   */
  setLimit(n: number): void {
    if (!Number.isSafeInteger(n)) throw new RangeError(`ErrGroup.setLimit: n must be an integer, got ${asText(n)}`);
    const active = this.#places?.length ?? 0;
    if (active + this.#waiting > 0) {
      throw new PanicError(`errgroup: modify limit while ${active} goroutines in the group are still active`);
    }
    this.#places = n < 0 ? null : new Channel(n);
  }

  /** Waits until all goroutines of the group have ended. Errors: rejects with the first error, each time. */
  async wait(): Promise<void> {
    await this.#wg.wait();
    this.#cancel?.(this.#failure?.error);
    if (this.#failure !== null) throw this.#failure.error;
  }

  #start(f: () => unknown, places: Channel<undefined> | null): void {
    go(async () => {
      try {
        const result = await f();
        if (isError(result)) this.#fail(result);
      } catch (error) {
        this.#fail(asError(error));
      }
      places?.tryReceive();
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

function check(caller: string, f: unknown): void {
  if (typeof f !== "function") throw new TypeError(`${caller}: f must be a function, got ${asText(f)}`);
}
