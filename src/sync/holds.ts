// The holds of a lock that several goroutines can hold at once, counted in permits, and their guards.
//
// A release by hand does not say which hold it ends. It must not end the hold of a goroutine whose guard is disposed later, and a guard
// whose hold was released by hand must not release another hold. Therefore a release by hand that can be the end of a guarded hold is
// recorded as a debt. The guards that are disposed next pay the debt instead of releasing.
//
// Invariants, whenever no method is on the stack:
//   1. `total` = unguarded permits + permits of the undisposed guards of this epoch - debt - suspended permits; it is 0 or more.
//   2. The debt is at most the permits of those guards.
//   3. If nothing is held or suspended, no guard belongs to this epoch, and the debt is 0.

import type { LockGuard } from "./lock-guard.ts";

/** Counts the permits of a lock that are held. */
export class Holds {
  #total = 0;

  /** Permits that were taken without a guard: only a release by hand can end these holds. */
  #unguarded = 0;
  #debt = 0;

  /** Permits that are released during a `Cond.wait`. Their guards remain valid. */
  #suspended = 0;
  #epoch = 0;

  /** The number of permits that are held. */
  get total(): number {
    return this.#total;
  }

  /** Takes the permits of `guard`. */
  take(guard: LockGuard): void {
    guard.epoch = this.#epoch;
    this.#total += guard.permits;
  }

  /** Takes `permits` without a guard. */
  takeUnguarded(permits: number): void {
    this.#unguarded += permits;
    this.#total += permits;
  }

  /** Releases `permits` by hand; at least as many must be held. */
  release(permits: number): void {
    const unguarded = Math.min(this.#unguarded, permits);
    this.#unguarded -= unguarded;
    this.#debt += permits - unguarded;
    this.#drop(permits);
  }

  /** Releases the remainder of the hold of `guard`, which is being disposed. */
  dispose(guard: LockGuard): void {
    if (guard.epoch !== this.#epoch) return;
    const paid = Math.min(this.#debt, guard.permits);
    this.#debt -= paid;
    const permits = guard.permits - paid;
    const released = Math.min(permits, this.#total);
    // The other permits are suspended. They return without a guard.
    this.#unguarded += permits - released;
    this.#drop(released);
  }

  /** Releases one permit, which must be held, during a `Cond.wait`. */
  suspend(): void {
    this.#suspended++;
    this.#total--;
  }

  /** Ends a suspension: the permit that was taken for `guard` passes to the guard from before the wait. */
  resume(guard: LockGuard): void {
    guard.detach();
    this.#suspended--;
    this.#drop(0);
  }

  #drop(permits: number): void {
    this.#total -= permits;
    if (this.#total + this.#suspended > 0) return;
    this.#unguarded = 0;
    this.#debt = 0;
    this.#epoch++;
  }
}
