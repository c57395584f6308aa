// A token bucket: how many events may happen, and how soon.
//
// Invariants, whenever no method is on the stack:
//   1. There are at most `burst` tokens. A negative number is a debt: reservations have taken tokens in advance.
//   2. `#tokens` is the number at the instant `#at`; the next call adds those that have accrued since then.

import { background } from "../context/derive.ts";
import { timeLeft } from "../context/cancel.ts";
import type { Context } from "../context/context.ts";
import { pause } from "../context/pause.ts";
import { contextOf } from "../context/wait-context.ts";
import { type Cancellation, cancellationOf, type WaitOptions, waitOptionNames } from "../runtime/cancellation.ts";
import { rejected, resolved } from "../runtime/scheduler.ts";
import { currentClock } from "../runtime/timer.ts";
import { brand } from "../util/copies.ts";
import { printAsString } from "../util/inspect.ts";
import { Check, checkCount, describe, hasOptionsOnly } from "../util/validate.ts";

const constructorCheck = /* @__PURE__ */ new Check("RateLimiter");
const allowCheck = /* @__PURE__ */ new Check("RateLimiter.allow");
const reserveCheck = /* @__PURE__ */ new Check("RateLimiter.reserve");
const waitCheck = /* @__PURE__ */ new Check("RateLimiter.wait");
const setBurstCheck = /* @__PURE__ */ new Check("RateLimiter.setBurst");

/**
 * Lets events happen at a rate of `limit` per second, and up to `burst` at once after an idle period. Share one limiter among all goroutines
 * that the rate is for: with a limiter for each goroutine, each would have the full rate.
 *
 * A timer can fire some milliseconds late, and a bucket of `burst` tokens makes up for at most `burst / limit` seconds of that. For rates
 * above a few hundred per second, choose a burst of at least `limit / 100`.
 *
 * @see [rate.Limiter](https://pkg.go.dev/golang.org/x/time/rate#Limiter)
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
    printAsString(this.prototype);
  }

  #limit: number;
  #burst: number;
  #tokens: number;
  readonly #clock = currentClock();
  #at = this.#clock.now();

  /** The latest instant for which an event has been reserved. */
  #lastEvent = this.#at;

  /**
   * Makes a limiter whose bucket is full.
   *
   * @param limit - events per second, from 0, which admits only the first burst, to Infinity, which admits everything
   * @param burst - an integer, 0 or more: the largest number of tokens, which is also the number at the start
   * @throws {RangeError} for any other value.
   */
  constructor(limit: number, burst: number = 1) {
    this.#limit = checkLimit("RateLimiter: limit", limit);
    this.#burst = checkCount(constructorCheck, "burst", 0, burst);
    this.#tokens = burst;
  }

  /**
   * Returns the limit that admits one event every `ms` milliseconds; Infinity if `ms` is 0 or less.
   *
   * @see [rate.Every](https://pkg.go.dev/golang.org/x/time/rate#Every)
   */
  static every(ms: number): number {
    if (typeof ms !== "number" || Number.isNaN(ms)) {
      throw new RangeError(`RateLimiter.every: ms must be a number of milliseconds, got ${describe(ms)}`);
    }
    return ms <= 0 ? Infinity : 1000 / ms;
  }

  /** The rate, in events per second. */
  get limit(): number {
    return this.#limit;
  }

  /** The largest number of events that may happen at once. */
  get burst(): number {
    return this.#burst;
  }

  /** The number of tokens now; negative if reservations have taken tokens in advance. */
  get tokens(): number {
    return this.#tokensAt(this.#clock.now());
  }

  /**
   * Reports whether `n` events may happen now. If so, it takes their tokens; otherwise it takes none, and the events must not happen.
   *
   * @param n - the number of events: an integer, 0 or more
   * @throws {RangeError} for any other `n`.
   */
  allow(n: number = 1): boolean {
    return this.#reserve(checkCount(allowCheck, "n", 0, n), 0).ok;
  }

  /**
   * Takes the tokens for `n` events in advance. `delay()` of the result is how long to wait before they may happen; if its `ok` is false,
   * `n` is greater than the burst, and they may never happen.
   *
   * @param n - the number of events: an integer, 0 or more
   * @throws {RangeError} for any other `n`.
   */
  reserve(n: number = 1): Reservation {
    return this.#reserve(checkCount(reserveCheck, "n", 0, n), Infinity);
  }

  /**
   * Waits until `n` events may happen. Waiters are served in the order in which they called `wait`.
   *
   * Cancellation: rejects with `ctx.err()` or with the reason of `signal`, and returns the tokens. If the deadline of `ctx` is
   * before the instant at which the events may happen, rejects at once and takes no tokens.
   *
   * @param n - the number of events: an integer, 0 or more
   * @throws {RangeError} (rejects) for any other `n`, and if `n` is greater than the burst; {TypeError} (rejects) for options that are
   * unknown or of a wrong type.
   */
  wait(n?: number, options?: WaitOptions): Promise<void>;
  /**
   * Waits until an event may happen. Waiters are served in the order in which they called `wait`.
   *
   * Cancellation: rejects with `ctx.err()` or with the reason of `signal`, and returns the token. If the deadline of `ctx` is
   * before the instant at which the event may happen, rejects at once and takes no token.
   *
   * @throws {RangeError} (rejects) if the burst is 0; {TypeError} (rejects) for options that are unknown or of a wrong type.
   */
  wait(options: WaitOptions): Promise<void>;
  wait(n: number | WaitOptions = 1, options?: WaitOptions): Promise<void> {
    return hasOptionsOnly(n, options) ? this.#wait(1, n) : this.#wait(n, options);
  }

  async #wait(n: number, options: WaitOptions | undefined): Promise<void> {
    let cancellation: Cancellation | null = null;
    let ctx = background();
    let reservation: Reservation;
    try {
      checkCount(waitCheck, "n", 0, n);
      if (options !== undefined) {
        waitCheck.options(options, waitOptionNames);
        cancellation = cancellationOf(waitCheck, options);
        ctx = contextOf(waitCheck, options) ?? ctx;
      }
      reservation = this.#reserveFor(n, ctx, cancellation?.reason);
    } catch (error) {
      return rejected(error);
    }
    const delay = reservation.delay();
    if (delay === 0) return resolved();
    if (await pause(delay, ctx)) return;
    reservation.cancel();
    throw cancellation?.reason as Error;
  }

  /**
   * Changes the limit. Existing reservations keep their instants.
   *
   * @param limit - events per second, from 0 to Infinity
   * @throws {RangeError} for any other limit.
   */
  setLimit(limit: number): void {
    checkLimit("RateLimiter.setLimit: limit", limit);
    this.#advance();
    this.#limit = limit;
  }

  /**
   * Changes the burst. Existing reservations keep their instants.
   *
   * @param burst - an integer, 0 or more
   * @throws {RangeError} for any other burst.
   */
  setBurst(burst: number): void {
    checkCount(setBurstCheck, "burst", 0, burst);
    this.#advance();
    this.#burst = burst;
  }

  /** The state of the limiter, such as `RateLimiter 10/s, burst 3, 2.5 tokens`. */
  toString(): string {
    return `RateLimiter ${this.#limit}/s, burst ${this.#burst}, ${Number(this.tokens.toFixed(3))} tokens`;
  }

  #reserveFor(n: number, ctx: Context, reason: Error | undefined): Reservation {
    if (n > this.#burst && this.#limit !== Infinity) {
      throw new RangeError(`rate: Wait(n=${n}) exceeds limiter's burst ${this.#burst}`);
    }
    if (reason !== undefined) throw reason;
    const reservation = this.#reserve(n, timeLeft(ctx));
    if (!reservation.ok) throw new Error(`rate: Wait(n=${n}) would exceed context deadline`);
    return reservation;
  }

  #reserve(n: number, maxDelay: number): Reservation {
    const now = this.#clock.now();
    if (this.#limit === Infinity) return new Reservation(this.#clock, true, now, () => undefined);
    const tokens = this.#tokensAt(now) - n;
    const wait = tokens < 0 ? this.#timeFor(-tokens) : 0;
    // Go counts in nanoseconds; less than that is a rounding error.
    const delay = wait < 1e-6 ? 0 : wait;
    if (n > this.#burst || delay > maxDelay) {
      return new Reservation(this.#clock, false, Infinity, () => undefined);
    }
    this.#at = now;
    this.#tokens = tokens;
    this.#lastEvent = now + delay;
    const limit = this.#limit;
    return new Reservation(this.#clock, true, now + delay, (due) => this.#returnTokens(n, due, limit));
  }

  // Tokens on which later reservations rely cannot be returned.
  #returnTokens(n: number, due: number, limit: number): void {
    const now = this.#clock.now();
    if (this.#limit === Infinity || n === 0 || due < now) return;
    const reservedLater = limit === 0 ? 0 : Math.max(((this.#lastEvent - due) * limit) / 1000, 0);
    if (n <= reservedLater) return;
    this.#tokens = Math.min(this.#tokensAt(now) + n - reservedLater, this.#burst);
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

/**
 * Tokens that are taken in advance.
 *
 * @see [rate.Reservation](https://pkg.go.dev/golang.org/x/time/rate#Reservation)
 */
export class Reservation {
  readonly #clock: { now(): number };
  readonly #due: number;
  #returnTokens: ((due: number) => void) | null;

  /** Whether the events may ever happen. */
  readonly ok: boolean;

  /** @internal */
  constructor(clock: { now(): number }, ok: boolean, due: number, returnTokens: (due: number) => void) {
    this.#clock = clock;
    this.ok = ok;
    this.#due = due;
    this.#returnTokens = returnTokens;
  }

  /** Returns how many milliseconds to wait before the events may happen; Infinity if they may never happen. */
  delay(): number {
    return Math.max(this.#due - this.#clock.now(), 0);
  }

  /** Returns the tokens that later reservations do not rely on: the events will not happen. Only the first call has an effect. */
  cancel(): void {
    const returnTokens = this.#returnTokens;
    this.#returnTokens = null;
    returnTokens?.(this.#due);
  }
}

function checkLimit(name: string, limit: number): number {
  if (typeof limit !== "number" || !(limit >= 0)) {
    throw new RangeError(`${name} must be a number of events per second, 0 or more, got ${describe(limit)}`);
  }
  return limit;
}
