// Package time: durations, sleep, timers and tickers. A duration is a number of milliseconds, and an instant is a number of milliseconds
// since the epoch, as returned by `Date.now()`.

import { Check, checkFunction, describe } from "../util/validate.ts";
import { CancelableOperation, checkCancellation, throwIfCanceled } from "../runtime/cancelable-wait.ts";
import type { Cancellation, WaitOptions } from "../runtime/cancellation.ts";
import { makeDisposable } from "../runtime/defer.ts";
import { PendingGoroutine } from "../runtime/goroutine.ts";
import { park, waitSleep } from "../runtime/wait-reasons.ts";
import { PanicError } from "../runtime/panic.ts";
import { RuntimeTimer, currentClock } from "../runtime/timer.ts";
import { rejected, resolved } from "../runtime/scheduler.ts";
import type { ParkedOperation } from "../runtime/waiter.ts";
import { TimerChannel } from "./timer-channel.ts";
import type { ReceiveChannel } from "../channel/channel.ts";

/** A nanosecond, in milliseconds. */
export const nanosecond: number = 1e-6;

/** A microsecond, in milliseconds. */
export const microsecond: number = 1e-3;

/** A millisecond, in milliseconds. */
export const millisecond: number = 1;

/** A second, in milliseconds. */
export const second: number = 1000;

/** A minute, in milliseconds. */
export const minute: number = 60_000;

/** An hour, in milliseconds. */
export const hour: number = 3_600_000;

/**
 * Returns the current instant, in milliseconds since the epoch; in a bubble of `goro/testing`, by its clock. Unlike Go's, it has no
 * monotonic reading: it jumps when the clock of the machine is set.
 *
 * @see [time.Now](https://pkg.go.dev/time#Now)
 */
export function now(): number {
  return currentClock().wall();
}

/**
 * Returns the number of milliseconds that have elapsed since `instant`.
 *
 * @see [time.Since](https://pkg.go.dev/time#Since)
 */
export function since(instant: number): number {
  return now() - instant;
}

/**
 * Returns the number of milliseconds until `instant`.
 *
 * @see [time.Until](https://pkg.go.dev/time#Until)
 */
export function until(instant: number): number {
  return instant - now();
}

/**
 * Waits at least `ms` milliseconds.
 *
 * Cancellation: rejects with `ctx.err()` or with the reason of `signal`, also if the cancellation was before the call; the timer is
 * stopped.
 *
 * @param ms - a number of milliseconds: 0 or less only yields; Infinity waits forever and does not keep the process alive, so that under
 * `main` it can be a deadlock
 * @throws {RangeError} (rejects) if `ms` is not a number; {TypeError} (rejects) for options that are unknown or of a wrong type.
 *
 * @see [time.Sleep](https://pkg.go.dev/time#Sleep)
 *
 * @example
 * const [ctx, cancel] = context.withTimeout(context.background(), 10);
 * using _ = defer(cancel);
 * await time.sleep(time.hour, { ctx }).catch((error: Error) => console.log(error.message)); // context deadline exceeded
 */
export function sleep(ms: number, options?: WaitOptions): Promise<void> {
  let cancellation: Cancellation | null = null;
  try {
    checkDuration("time.sleep", ms);
    if (options !== undefined) {
      cancellation = checkCancellation(sleepCheck, options);
      throwIfCanceled(cancellation);
    }
  } catch (error) {
    return rejected(error);
  }
  if (ms <= 0) return resolved();
  const sleeper = new Sleeper(ms);
  park(sleeper, waitSleep);
  return sleeper.cancelBy(cancellation);
}

const sleepCheck = /* @__PURE__ */ new Check("time.sleep");

/** A sleep, with its timer. */
class Sleeper extends CancelableOperation<void, void> {
  readonly #timer: RuntimeTimer;

  constructor(ms: number) {
    super(wake, waitSleep);
    this.#timer = new RuntimeTimer("time.sleep", () => wake(this));
    this.#timer.start(ms);
  }

  protected override leave(): void {
    this.#timer.cancel();
  }
}

function wake(sleeper: ParkedOperation<void, void>): void {
  sleeper.resume(waitSleep, undefined);
}

/** A timer that `using` stops at the end of the scope. */
abstract class Stoppable {
  static {
    makeDisposable(this.prototype, (timer) => void timer.stop());
  }

  abstract stop(): unknown;
}

/**
 * Sends the instant at which it is due to its channel, once. `using` stops it at the end of the scope.
 *
 * After `stop` and `reset`, no value of an earlier start is received. A timer without a receiver keeps no process alive, and need not be
 * stopped.
 *
 * @see [time.Timer](https://pkg.go.dev/time#Timer) of Go 1.23 and later
 */
export class Timer extends Stoppable implements Disposable {
  /** Stops the timer. `using` calls it at the end of the scope. */
  declare readonly [Symbol.dispose]: () => void;
  readonly #channel: TimerChannel;

  /** The channel that receives the instant. Its length and capacity are 0. */
  readonly c: ReceiveChannel<number>;

  /**
   * Starts a timer.
   *
   * @param ms - the delay in milliseconds, of any size: 0 or less is due now; with Infinity the timer is not due until it is reset, and a
   * receiver that waits for it keeps no process alive
   * @throws {RangeError} if `ms` is not a number.
   */
  constructor(ms: number) {
    super();
    checkDuration("time.Timer", ms);
    this.#channel = new TimerChannel(ms, 0);
    this.c = this.#channel.channel;
  }

  /** Stops the timer. Returns false if its value has been received or it was stopped before. */
  stop(): boolean {
    return this.#channel.stop();
  }

  /**
   * Restarts the timer. Returns what `stop` would have returned.
   *
   * @param ms - the delay in milliseconds, as of the constructor
   * @throws {RangeError} if `ms` is not a number.
   */
  reset(ms: number): boolean {
    checkDuration("time.Timer.reset", ms);
    return this.#channel.reset(ms, 0);
  }
}

/**
 * Returns a channel that receives one value after `ms` milliseconds: the instant at which it was due.
 *
 * It is `new Timer(ms).c`, and need not be stopped.
 *
 * @param ms - the delay in milliseconds, as of {@link Timer}
 * @throws {RangeError} if `ms` is not a number.
 *
 * @see [time.After](https://pkg.go.dev/time#After)
 */
export function after(ms: number): ReceiveChannel<number> {
  checkDuration("time.after", ms);
  return new Timer(ms).c;
}

/**
 * Sends the instant to its channel every `ms` milliseconds. At most one tick is buffered for a slow receiver; the others are dropped. A
 * ticker without a receiver keeps no process alive. `using` stops it at the end of the scope.
 *
 * @see [time.Ticker](https://pkg.go.dev/time#Ticker) of Go 1.23 and later
 */
export class Ticker extends Stoppable implements Disposable {
  /** Stops the ticker. `using` calls it at the end of the scope. */
  declare readonly [Symbol.dispose]: () => void;
  readonly #channel: TimerChannel;

  /** The channel that receives the ticks. Its length and capacity are 0. */
  readonly c: ReceiveChannel<number>;

  /**
   * Starts a ticker.
   *
   * @param ms - the interval in milliseconds, above 0
   * @throws {PanicError} if `ms` is 0 or less; {RangeError} if it is not a number.
   */
  constructor(ms: number) {
    super();
    checkInterval("time.Ticker", "NewTicker", ms);
    this.#channel = new TimerChannel(ms, ms);
    this.c = this.#channel.channel;
  }

  /** Stops the ticker, and drops a tick that has not been received. The channel stays open. */
  stop(): void {
    this.#channel.stop();
  }

  /**
   * Restarts the ticker with another interval.
   *
   * @param ms - the interval in milliseconds, above 0
   * @throws {PanicError} if `ms` is 0 or less; {RangeError} if it is not a number.
   */
  reset(ms: number): void {
    checkInterval("time.Ticker.reset", "Ticker.Reset", ms);
    this.#channel.reset(ms, ms);
  }
}

/**
 * Returns the channel of a new ticker that is never stopped; `null`, a channel that is never ready, if `ms` is 0 or less.
 *
 * @param ms - the interval in milliseconds
 * @throws {RangeError} if `ms` is not a number.
 *
 * @see [time.Tick](https://pkg.go.dev/time#Tick)
 */
export function tick(ms: number): ReceiveChannel<number> | null {
  checkDuration("time.tick", ms);
  return ms > 0 ? new Ticker(ms).c : null;
}

/** A scheduled function call, made by {@link afterFunc}. `using` cancels it at the end of the scope. */
export class FuncTimer extends Stoppable implements Disposable {
  /** Cancels the call. `using` calls it at the end of the scope. */
  declare readonly [Symbol.dispose]: () => void;

  /** Always null: it has no channel. */
  readonly c: null = null;
  readonly #f: () => unknown;
  readonly #timer: RuntimeTimer = new RuntimeTimer("time.afterFunc", () => this.#fire());

  /** The call that has not been started; null if there is none. */
  #pendingCall: PendingGoroutine | null = null;

  /** @internal */
  constructor(ms: number, f: () => unknown) {
    super();
    checkDuration("time.afterFunc", ms);
    checkFunction("time.afterFunc", f);
    this.#f = f;
    this.#start(ms);
  }

  /** Cancels the call. Returns false if `f` has been started already, or the call was canceled before. */
  stop(): boolean {
    const isPending = this.#pendingCall !== null;
    this.#pendingCall = null;
    this.#timer.cancel();
    return isPending;
  }

  /**
   * Schedules the call again. Returns what `stop` would have returned.
   *
   * @param ms - the delay in milliseconds
   * @throws {RangeError} if `ms` is not a number.
   */
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
 * Calls `f` in a new goroutine after `ms` milliseconds. The process stays alive until then.
 *
 * @param ms - the delay in milliseconds; with Infinity, `f` is not called until the timer is reset, and no process is kept alive
 * @param f - an error that it throws is a panic
 * @throws {RangeError} if `ms` is not a number; {TypeError} if `f` is not a function, or is a generator function.
 *
 * @see [time.AfterFunc](https://pkg.go.dev/time#AfterFunc)
 */
export function afterFunc(ms: number, f: () => unknown): FuncTimer {
  return new FuncTimer(ms, f);
}

function checkDuration(caller: string, ms: number): void {
  if (typeof ms !== "number" || Number.isNaN(ms)) {
    throw new RangeError(`${caller}: ms must be a number of milliseconds, got ${describe(ms)}`);
  }
}

function checkInterval(caller: string, go: string, ms: number): void {
  checkDuration(caller, ms);
  if (ms <= 0) throw new PanicError(`non-positive interval for ${go}`);
}
