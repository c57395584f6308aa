// Time as Go's package time has it: durations, sleep, timers and tickers. A duration is a number of milliseconds, and an
// instant is a number of milliseconds since the epoch, as `Date.now()` gives it.

import { checkFunction } from "../util/validate.ts";
import { safeToString } from "../util/inspect.ts";
import { PendingGoroutine } from "../runtime/goroutine.ts";
import { waitSleep } from "../runtime/wait-reasons.ts";
import { PanicError } from "../runtime/panic.ts";
import { park, unpark } from "../runtime/parking.ts";
import { RuntimeTimer, currentClock } from "../runtime/timer.ts";
import { rejected, resolveFairly, resolved } from "../runtime/scheduler.ts";
import { ParkedOperation } from "../runtime/waiter.ts";
import { TimerChannel } from "./timer-channel.ts";
import type { ReceiveChannel } from "../channel/channel.ts";

export const nanosecond: number = 1e-6;
export const microsecond: number = 1e-3;
export const millisecond: number = 1;
export const second: number = 1000;
export const minute: number = 60_000;
export const hour: number = 3_600_000;

/**
 * The present instant, in milliseconds since the epoch; in a bubble of `goro/testing`, by its clock. It is a number, and so
 * has no second, monotonic reading as in Go: if somebody sets the clock of the machine, it jumps.
 *
 * Mirrors `time.Now`.
 */
export function now(): number {
  return currentClock().wall();
}

/**
 * How many milliseconds have gone by since `instant`.
 *
 * Mirrors `time.Since`.
 */
export function since(instant: number): number {
  return now() - instant;
}

/**
 * How many milliseconds there are until `instant`.
 *
 * Mirrors `time.Until`.
 */
export function until(instant: number): number {
  return instant - now();
}

/**
 * Waits at least `ms` milliseconds. For 0 and less it does not wait, but lets others run. For Infinity it never returns, and keeps
 * no process alive: under `main` that can be a deadlock.
 *
 * Errors: rejects with `RangeError` if `ms` is not a number.
 *
 * Cancellation: a sleep cannot be canceled; a `select` of `time.after(ms)` and `ctx.done()` can.
 *
 * Mirrors `time.Sleep`.
 */
export function sleep(ms: number): Promise<void> {
  try {
    checkDuration("time.sleep", ms);
  } catch (error) {
    return rejected(error);
  }
  if (ms <= 0) return resolved();
  const sleeper = new ParkedOperation<void, void>(wake);
  new RuntimeTimer("time.sleep", () => wake(sleeper)).start(ms);
  park(sleeper, waitSleep);
  return sleeper.promise;
}

function wake(sleeper: ParkedOperation<void, void>): void {
  unpark(sleeper, waitSleep);
  resolveFairly(sleeper.resolve, undefined, sleeper.realm);
}

/**
 * An event in the future: its channel will have one value, the instant in which the timer was due.
 *
 * After `stop` and `reset`, no value of before is received. A timer that nobody waits for keeps no process alive, and need
 * not be stopped.
 *
 * Mirrors `time.Timer` of Go 1.23 and later.
 */
export class Timer {
  readonly #beat: TimerChannel;

  /** Where the value comes. Its length and capacity are 0. */
  readonly c: ReceiveChannel<number>;

  /**
   * Starts a timer that is due in `ms` milliseconds; for 0 and less, now. There is no greatest delay. For Infinity the timer is never
   * due, unless it is reset; a receiver that waits for it then keeps no process alive.
   *
   * Errors: throws `RangeError` if `ms` is not a number.
   */
  constructor(ms: number) {
    checkDuration("time.Timer", ms);
    this.#beat = new TimerChannel(ms, 0);
    this.c = this.#beat.channel;
  }

  /** Stops the timer. False: there was nothing to stop, since its value has been received or it was stopped before. */
  stop(): boolean {
    return this.#beat.stop();
  }

  /** Starts the timer anew, due in `ms` milliseconds, and answers what `stop` would have answered. */
  reset(ms: number): boolean {
    checkDuration("time.Timer.reset", ms);
    return this.#beat.reset(ms, 0);
  }
}

/**
 * A channel that will have one value: the instant in which `ms` milliseconds were over.
 *
 * It is `new Timer(ms).c`, and need not be stopped.
 *
 * Mirrors `time.After`.
 */
export function after(ms: number): ReceiveChannel<number> {
  checkDuration("time.after", ms);
  return new Timer(ms).c;
}

/**
 * A clock that ticks: its channel has a value, the instant, every `ms` milliseconds. One tick at most is kept for a slow
 * receiver; the others are dropped. A ticker that nobody waits for keeps no process alive.
 *
 * Mirrors `time.Ticker` of Go 1.23 and later.
 */
export class Ticker {
  readonly #beat: TimerChannel;

  /** Where the ticks come. Its length and capacity are 0. */
  readonly c: ReceiveChannel<number>;

  /**
   * Starts a ticker.
   *
   * Errors: throws {@link PanicError} if `ms` is not above 0.
   */
  constructor(ms: number) {
    checkInterval("time.Ticker", "NewTicker", ms);
    this.#beat = new TimerChannel(ms, ms);
    this.c = this.#beat.channel;
  }

  /** Ends the ticks, and drops one that nobody has received. The channel stays open. */
  stop(): void {
    this.#beat.stop();
  }

  /** Ticks every `ms` milliseconds from now on. */
  reset(ms: number): void {
    checkInterval("time.Ticker.reset", "Ticker.Reset", ms);
    this.#beat.reset(ms, ms);
  }
}

/**
 * The channel of a new ticker, for ticks without end; `null`, a channel that is never ready, if `ms` is not above 0.
 *
 * Mirrors `time.Tick`.
 */
export function tick(ms: number): ReceiveChannel<number> | null {
  checkDuration("time.tick", ms);
  return ms > 0 ? new Ticker(ms).c : null;
}

/** A call in the future, made by {@link afterFunc}. It has no channel. */
export class FuncTimer {
  readonly c: null = null;
  readonly #f: () => unknown;
  readonly #timer: RuntimeTimer = new RuntimeTimer("time.afterFunc", () => this.#fire());

  /** The call that has not been made; null, if there is none. */
  #pendingCall: PendingGoroutine | null = null;

  constructor(ms: number, f: () => unknown) {
    checkDuration("time.afterFunc", ms);
    checkFunction("time.afterFunc", f);
    this.#f = f;
    this.#start(ms);
  }

  /** Cancels the call. Returns false if there was none to cancel, because `f` has been started or the call was stopped before. */
  stop(): boolean {
    const isPending = this.#pendingCall !== null;
    this.#pendingCall = null;
    this.#timer.cancel();
    return isPending;
  }

  /** Calls `f` in `ms` milliseconds from now, again or for the first time; returns what `stop` would have returned. */
  reset(ms: number): boolean {
    checkDuration("time.FuncTimer.reset", ms);
    const pending = this.stop();
    this.#start(ms);
    return pending;
  }

  #start(ms: number): void {
    this.#pendingCall = new PendingGoroutine(this.#f);
    this.#timer.start(ms);
  }

  #fire(): void {
    this.#pendingCall?.start();
    this.#pendingCall = null;
  }
}

/**
 * Calls `f` in a goroutine of its own when `ms` milliseconds are over. The process stays alive until then; for Infinity, `f` is never
 * called, unless the timer is reset, and no process is kept alive.
 *
 * Errors: throws `RangeError` if `ms` is not a number, `TypeError` if `f` is not a function, or is a generator function. What `f` throws
 * is a panic.
 *
 * Mirrors `time.AfterFunc`.
 */
export function afterFunc(ms: number, f: () => unknown): FuncTimer {
  return new FuncTimer(ms, f);
}

function checkDuration(caller: string, ms: number): void {
  if (typeof ms !== "number" || Number.isNaN(ms)) {
    throw new RangeError(`${caller}: ms must be a number of milliseconds, got ${safeToString(ms)}`);
  }
}

function checkInterval(caller: string, go: string, ms: number): void {
  checkDuration(caller, ms);
  if (ms <= 0) throw new PanicError(`non-positive interval for ${go}`);
}
