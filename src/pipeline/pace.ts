// `debounce` and `throttle`: fewer values, by time. Both pull all the time, because they measure the time between values, and hold one value
// at most: a value that the consumer has not taken is replaced by a later one.

import type { Context } from "../context/context.ts";
import { RuntimeTimer } from "../runtime/timer.ts";
import { Check, checkBoolean } from "../util/validate.ts";
import { checkStage, type PipelineSource, type StageOptions } from "./options.ts";
import { openerOf, type Stage, StageBase } from "./stage.ts";

/** Options of {@link debounce} and {@link throttle}: at which edges of the time a value is returned. At least one must be true. */
export interface EdgeOptions extends StageOptions {
  /**
   * Whether the value that begins the time is returned at once.
   *
   * @defaultValue false for `debounce`, true for `throttle`
   */
  readonly leading?: boolean | undefined;

  /**
   * Whether the latest value is returned when the time has passed, if it was not returned at the leading edge.
   *
   * @defaultValue true
   */
  readonly trailing?: boolean | undefined;
}

/**
 * Returns the latest value when no other has come for `ms` milliseconds: one value for each burst. With `leading`, the first value of a burst
 * is returned at once, and the last one only if it is another. A value that is held at the end of the source is returned at once.
 *
 * The source is pulled also while the consumer is busy; a value that is not taken before the next one is due is dropped.
 *
 * Cancellation: the value that is held is dropped.
 *
 * @param ms a number of milliseconds, from 0
 * @throws the error of the source (`next` rejects).
 * @throws {TypeError | RangeError} for invalid arguments.
 *
 * @see [lodash.debounce](https://lodash.com/docs#debounce), which has the same edges
 *
 * @example
 * for await (const text of debounce(["g", "go", "gor", "goro"], 100)) console.log(text); // goro
 */
export function debounce<T>(source: PipelineSource<T>, ms: number, options: EdgeOptions = {}): Stage<T> {
  return createDebounce("debounce", source, ms, options);
}

/**
 * Returns at most one value in each `ms` milliseconds: the first at once, and after that the latest of each interval, at its end. Without
 * `trailing`, the values that come during an interval are dropped. The last value is not lost: it waits for the end of its interval, also
 * if the source has ended.
 *
 * The source is pulled also while the consumer is busy; a value that is not taken before the next one is due is dropped. To let no value be
 * dropped, use a `RateLimiter` in {@link map}.
 *
 * Cancellation: the value that is held is dropped.
 *
 * @param ms a number of milliseconds, from 0
 * @throws the error of the source (`next` rejects).
 * @throws {TypeError | RangeError} for invalid arguments.
 *
 * @see [lodash.throttle](https://lodash.com/docs#throttle), which has the same edges
 *
 * @example
 * for await (const n of throttle([1, 2, 3], 10)) console.log(n); // 1, 3
 */
export function throttle<T>(source: PipelineSource<T>, ms: number, options: EdgeOptions = {}): Stage<T> {
  return createThrottle("throttle", source, ms, options);
}

/** Makes the stage of {@link debounce} for the public function `caller`. */
export function createDebounce<T>(
  caller: string,
  source: PipelineSource<T>,
  ms: number,
  options: EdgeOptions = {},
  inherited?: Context,
): Stage<T> {
  return new DebounceStage(caller, source, ms, options, inherited, false);
}

/** Makes the stage of {@link throttle} for the public function `caller`. */
export function createThrottle<T>(
  caller: string,
  source: PipelineSource<T>,
  ms: number,
  options: EdgeOptions = {},
  inherited?: Context,
): Stage<T> {
  return new ThrottleStage(caller, source, ms, options, inherited, true);
}

abstract class PacedStage<T> extends StageBase<T, T> {
  readonly #ms: number;
  readonly #leading: boolean;
  readonly #trailing: boolean;

  /** Set from the first value of a burst, or during an interval. */
  protected readonly timer: RuntimeTimer;

  /** The latest value that was not returned. */
  #held: { readonly value: T } | null = null;

  constructor(
    caller: string,
    source: PipelineSource<T>,
    ms: number,
    options: EdgeOptions,
    inherited: Context | undefined,
    isLeading: boolean,
  ) {
    const check = new Check(caller);
    const ctx = checkStage(caller, source, options, ["leading", "trailing"], {}, inherited);
    super([openerOf(source)], ctx);
    const { leading = isLeading, trailing = true } = options;
    this.#ms = check.atLeast("ms", 0, ms);
    this.#leading = checkBoolean(check, "leading", leading);
    this.#trailing = checkBoolean(check, "trailing", trailing);
    if (!leading && !trailing)
      throw check.error("leading and trailing must not both be false: no value would be returned");
    this.timer = new RuntimeTimer(caller, () => this.#onTimer());
  }

  protected canPull(): boolean {
    return true;
  }

  protected accept(value: T): void {
    const isLeading = !this.timer.isSet && this.#leading;
    if (isLeading) this.emitLatest(value);
    else if (this.#trailing) this.#held = { value };
    this.onValue();
  }

  /** Called after each value. */
  protected abstract onValue(): void;

  /** Called after a value was returned at the trailing edge. */
  protected abstract onTrailingEdge(): void;

  protected startTimer(): void {
    this.timer.cancel();
    this.timer.start(this.#ms);
  }

  protected emitHeld(): void {
    if (this.#held === null) return;
    this.emitLatest(this.#held.value);
    this.#held = null;
    this.onTrailingEdge();
  }

  protected override isBusy(): boolean {
    return this.#held !== null;
  }

  protected override cancelWork(_: Error): void {
    this.#held = null;
    this.timer.cancel();
  }

  #onTimer(): void {
    this.emitHeld();
    this.settle();
  }
}

class DebounceStage<T> extends PacedStage<T> {
  protected onValue(): void {
    this.startTimer();
  }

  protected onTrailingEdge(): void {
    // The next value begins a burst.
  }

  protected override flush(): void {
    this.emitHeld();
  }
}

class ThrottleStage<T> extends PacedStage<T> {
  protected onValue(): void {
    if (!this.timer.isSet) this.startTimer();
  }

  protected onTrailingEdge(): void {
    this.startTimer();
  }
}
