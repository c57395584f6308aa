// A counter that goroutines wait for.
//
// Invariants, whenever no method is on the stack:
//   1. The counter is never below 0.
//   2. At 0 nobody waits: whoever waited has been released by the step that made it 0, and no later round can catch them.

import { asText } from "../goroutine/foreign.ts";
import { spawn } from "../goroutine/go.ts";
import { waitGroupWait } from "../goroutine/operations.ts";
import { PanicError } from "../goroutine/panic.ts";
import { park, unpark } from "../goroutine/parking.ts";
import { fail, failed, pass, passed } from "../internal/gate.ts";
import { Line } from "../internal/line.ts";
import { Parked, type Waiter } from "../internal/waiter.ts";
import { currentWorld, type World } from "../internal/world.ts";

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
  #world: World | undefined;
  #failure: { readonly error: unknown } | null = null;
  readonly #waiters = new Line<Waiter<void>>();

  /**
   * Adds `delta`, a whole number that may be negative, to the counter. At 0, all who wait are released.
   *
   * Call it before the goroutine that it counts is started, not inside: `wait` might find 0 before that.
   *
   * Errors: throws {@link PanicError} if the counter would be negative, `RangeError` if `delta` is not a whole number; the
   * counter is then as before.
   */
  add(delta: number): void {
    if (!Number.isSafeInteger(delta))
      throw new RangeError(`WaitGroup.add: delta must be an integer, got ${asText(delta)}`);
    if (this.#count + delta < 0) throw new PanicError("sync: negative WaitGroup counter");
    if (this.#count === 0) this.#world = currentWorld();
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
   * Errors: throws `TypeError` if `f` is no function. An error of `f` is a panic, as with `go`. Where the program lives on
   * after that, every `wait` rejects with the error: a task that failed is never taken for one that is done.
   *
   * Mirrors `WaitGroup.Go`.
   */
  go<A extends readonly unknown[]>(f: (...args: A) => unknown, ...args: A): void {
    spawn("WaitGroup.go", f, args, this.#owner);
    this.add(1);
  }

  readonly #owner = {
    returned: (): void => this.done(),
    panicked: (error: unknown): void => {
      this.#failure ??= { error };
      this.#release();
    },
  };

  /** Waits until the counter is 0. Any number of goroutines may wait, and the group can be used again afterwards. */
  wait(): Promise<void> {
    if (this.#failure !== null) return failed(this.#failure.error);
    if (this.#count === 0) return passed();
    const waiter = new Parked<void, void>(this.#released);
    this.#waiters.join(waiter);
    park(waiter, waitGroupWait, this.#world === currentWorld());
    return waiter.promise;
  }

  #release(): void {
    for (let waiter = this.#waiters.shift(); waiter !== null; waiter = this.#waiters.shift())
      waiter.settle(waiter as never);
  }

  readonly #released = (waiter: Parked<void, void>): void => {
    unpark(waiter, waitGroupWait);
    if (this.#failure === null) pass(waiter.answer, undefined, waiter.world);
    else fail(waiter.answer, this.#failure.error as Error, waiter.world);
  };
}
