// The holds of a lock that several goroutines can hold at once, in units, and the guards of these holds.
//
// A release by hand does not say which hold it ends. It must not end the hold of a goroutine whose guard is disposed later, and a guard
// whose hold was released by hand must not release the hold of another. So a release by hand that can be the end of a guarded hold is
// kept as a debt, which the guards that are disposed next pay instead of releasing.
//
// Invariants, whenever no method is on the stack:
//   1. `total` = unguarded units + units of the guards of this epoch that are not disposed - debt - suspended units; it is 0 or more.
//   2. The debt is at most the units of those guards.
//   3. If nothing is held or suspended, no guard belongs to this epoch, and the debt is 0.

import type { LockGuard } from "./lock-guard.ts";

/** Counts the units of a lock that are held. */
export class Holds {
  #total = 0;

  /** Units that were taken without a guard: only a release by hand can end these holds. */
  #unguarded = 0;
  #debt = 0;

  /** Units that are released for the time of a `Cond.wait`. Their guards are still good. */
  #suspended = 0;
  #epoch = 0;

  /** How many units are held. */
  get total(): number {
    return this.#total;
  }

  /** Takes the units of `guard`. */
  take(guard: LockGuard): void {
    guard.epoch = this.#epoch;
    this.#total += guard.permits;
  }

  /** Takes `units` without a guard. */
  takeUnguarded(units: number): void {
    this.#unguarded += units;
    this.#total += units;
  }

  /** Releases `units` by hand, of which there must be as many. */
  release(units: number): void {
    const unguarded = Math.min(this.#unguarded, units);
    this.#unguarded -= unguarded;
    this.#debt += units - unguarded;
    this.#drop(units);
  }

  /** Releases what is left of the hold of `guard`, which is being disposed. */
  dispose(guard: LockGuard): void {
    if (guard.epoch !== this.#epoch) return;
    const paid = Math.min(this.#debt, guard.permits);
    this.#debt -= paid;
    const units = guard.permits - paid;
    const released = Math.min(units, this.#total);
    // The hold is suspended. It comes back without a guard.
    this.#unguarded += units - released;
    this.#drop(released);
  }

  /** Releases one unit, of which there must be one, for the time of a `Cond.wait`. */
  suspend(): void {
    this.#suspended++;
    this.#total--;
  }

  /** Ends a suspension: the unit of `guard`, which was taken for it, goes to the guard from before. */
  resume(guard: LockGuard): void {
    guard.detach();
    this.#suspended--;
    this.#drop(0);
  }

  #drop(units: number): void {
    this.#total -= units;
    if (this.#total + this.#suspended > 0) return;
    this.#unguarded = 0;
    this.#debt = 0;
    this.#epoch++;
  }
}
