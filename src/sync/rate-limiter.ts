// A token bucket: how many events may happen, and how soon.
//
// Invariants, whenever no method is on the stack:
//   1. There are at most `burst` tokens. Below 0 they are owed: reservations have taken them in advance.
//   2. Tokens are counted as of the instant `#at`; those that have come since then are added by the next call.

import { receive, select } from "../channel/select.ts";
import { after } from "../time/time.ts";
import { timeLeft } from "../context/cancel.ts";
import type { Context } from "../context/context.ts";
import { background } from "../context/api.ts";
import { Check, describe } from "../util/validate.ts";
import { brand } from "../util/copies.ts";
import { currentClock } from "../runtime/timer.ts";
import { rejected, resolved } from "../runtime/scheduler.ts";

const constructorCheck = new Check("RateLimiter");
const allowCheck = new Check("RateLimiter.allow");
const reserveCheck = new Check("RateLimiter.reserve");
const waitCheck = new Check("RateLimiter.wait");
const setBurstCheck = new Check("RateLimiter.setBurst");

/**
 * Lets events happen at a rate of `limit` a second, and up to `burst` at once after a quiet time. Share one limiter among all goroutines
 * that the rate is for: with a limiter for each, each would have the whole rate.
 *
 * A timer can fire some milliseconds late, and a bucket of `burst` tokens makes up for `burst / limit` seconds of that at most: for
 * rates above some hundreds a second, take a burst of at least a hundredth of `limit`.
 *
 * Mirrors `rate.Limiter` of golang.org/x/time.
 *
 * @example
 * const limiter = new RateLimiter(RateLimiter.every(100), 3);
 * const calls = 5;
 * for (let call = 1; call <= calls; call++) {
 *   await limiter.wait();
 *   console.log(`call ${call}`); // three at once, then one every 100 ms
 * }
 */
export class RateLimiter {
  static {
    brand(this.prototype, "a RateLimiter");
  }

  #limit: number;
  #burst: number;
  #tokens: number;
  readonly #clock = currentClock();
  #at = this.#clock.now();

  /** The latest instant for which an event has been promised. */
  #lastEvent = this.#at;

  /**
   * `limit` is in events a second, from 0, which lets only the first burst through, to Infinity, which lets everything
   * through. `burst` is a whole number from 0, by default 1, and the number of tokens at first.
   *
   * Errors: throws `RangeError` for anything else.
   */
  constructor(limit: number, burst: number = 1) {
    this.#limit = checkedLimit("RateLimiter: limit", limit);
    this.#burst = constructorCheck.count("burst", 0, burst);
    this.#tokens = burst;
  }

  /** The limit that lets one event through every `ms` milliseconds; for 0 and less, all. Mirrors `rate.Every`. */
  static every(ms: number): number {
    if (typeof ms !== "number" || Number.isNaN(ms)) {
      throw new RangeError(`RateLimiter.every: ms must be a number of milliseconds, got ${describe(ms)}`);
    }
    return ms <= 0 ? Infinity : 1000 / ms;
  }

  get limit(): number {
    return this.#limit;
  }

  get burst(): number {
    return this.#burst;
  }

  /** How many tokens there are now; below 0, how many are owed. */
  get tokens(): number {
    return this.#tokensAt(this.#clock.now());
  }

  /** Whether `n` events may happen now. If so their tokens are taken; if not nothing is, and the events must not happen. */
  allow(n: number = 1): boolean {
    return this.#reserve(allowCheck.count("n", 0, n), 0).ok;
  }

  /**
   * Takes the tokens for `n` events in advance: `delay()` is how long to wait before they may happen. If `ok` is false, they are
   * more than the burst and never may.
   */
  reserve(n: number = 1): Reservation {
    return this.#reserve(reserveCheck.count("n", 0, n), Infinity);
  }

  /**
   * Waits until `n` events may happen. Waiters are served in the order in which they came.
   *
   * Errors: rejects, and takes nothing, if `n` is more than the burst, or if the deadline of `ctx` is too near. Rejects with
   * `TypeError` if `ctx` is not a context.
   *
   * Cancellation: rejects with `ctx.err()` when `ctx` is canceled; the tokens are given back.
   */
  async wait(ctx: Context = background(), n: number = 1): Promise<void> {
    let reservation: Reservation;
    try {
      reservation = this.#reserveFor(ctx, n);
    } catch (error) {
      return rejected(error);
    }
    const delay = reservation.delay();
    if (delay === 0) return resolved();
    const s = await select({ due: receive(after(delay)), done: receive(ctx.done()) });
    if (s.case === "due") return;
    reservation.cancel();
    throw ctx.err() as Error;
  }

  /** Changes the limit. What is promised already stays as it is. */
  setLimit(limit: number): void {
    checkedLimit("RateLimiter.setLimit: limit", limit);
    this.#advance();
    this.#limit = limit;
  }

  /** Changes the burst. What is promised already stays as it is. */
  setBurst(burst: number): void {
    setBurstCheck.count("burst", 0, burst);
    this.#advance();
    this.#burst = burst;
  }

  #reserveFor(ctx: Context, n: number): Reservation {
    waitCheck.isContext("ctx", ctx);
    waitCheck.count("n", 0, n);
    if (n > this.#burst && this.#limit !== Infinity) {
      throw new RangeError(`rate: Wait(n=${n}) exceeds limiter's burst ${this.#burst}`);
    }
    const ended = ctx.err();
    if (ended !== undefined) throw ended;
    const reservation = this.#reserve(n, timeLeft(ctx));
    if (!reservation.ok) throw new Error(`rate: Wait(n=${n}) would exceed context deadline`);
    return reservation;
  }

  #reserve(n: number, longestDelay: number): Reservation {
    const now = this.#clock.now();
    if (this.#limit === Infinity) return new Reservation(this.#clock, true, now, () => undefined);
    const tokens = this.#tokensAt(now) - n;
    const wait = tokens < 0 ? this.#timeFor(-tokens) : 0;
    // Go counts in nanoseconds; what is less is an error of rounding.
    const delay = wait < 1e-6 ? 0 : wait;
    if (n > this.#burst || delay > longestDelay) {
      return new Reservation(this.#clock, false, Infinity, () => undefined);
    }
    this.#at = now;
    this.#tokens = tokens;
    this.#lastEvent = now + delay;
    const limit = this.#limit;
    return new Reservation(this.#clock, true, now + delay, (due) => this.#giveBack(n, due, limit));
  }

  // Tokens that later reservations have been promised in the meantime cannot be given back.
  #giveBack(n: number, due: number, limit: number): void {
    const now = this.#clock.now();
    if (this.#limit === Infinity || n === 0 || due < now) return;
    const later = limit === 0 ? 0 : Math.max(((this.#lastEvent - due) * limit) / 1000, 0);
    if (n <= later) return;
    this.#tokens = Math.min(this.#tokensAt(now) + n - later, this.#burst);
    this.#at = now;
    if (due === this.#lastEvent && limit > 0) this.#lastEvent = Math.max(due - (n * 1000) / limit, now);
  }

  #advance(): void {
    const now = this.#clock.now();
    this.#tokens = this.#tokensAt(now);
    this.#at = now;
  }

  #tokensAt(now: number): number {
    if (this.#limit === Infinity) return this.#burst;
    return Math.min(this.#tokens + (Math.max(now - this.#at, 0) * this.#limit) / 1000, this.#burst);
  }

  #timeFor(tokens: number): number {
    return this.#limit === 0 ? Infinity : (tokens * 1000) / this.#limit;
  }
}

/** Tokens that are taken in advance. Mirrors `rate.Reservation`. */
export class Reservation {
  readonly #clock: { now(): number };
  readonly #due: number;
  #giveBack: ((due: number) => void) | null;

  /** Whether the events may happen at all. */
  readonly ok: boolean;

  /** @internal */
  constructor(clock: { now(): number }, ok: boolean, due: number, giveBack: (due: number) => void) {
    this.#clock = clock;
    this.ok = ok;
    this.#due = due;
    this.#giveBack = giveBack;
  }

  /** How many milliseconds to wait before the events may happen; Infinity, if they never may. */
  delay(): number {
    return Math.max(this.#due - this.#clock.now(), 0);
  }

  /** Gives the tokens back, as far as that still helps others: the events will not happen. Only the first call does anything. */
  cancel(): void {
    const giveBack = this.#giveBack;
    this.#giveBack = null;
    giveBack?.(this.#due);
  }
}

function checkedLimit(what: string, limit: number): number {
  if (typeof limit !== "number" || !(limit >= 0)) {
    throw new RangeError(`${what} must be a number of events a second, 0 or more, got ${describe(limit)}`);
  }
  return limit;
}
