// `map` and `filter`: a function is called with each value, several at a time.
//
// Invariants, whenever no method is on the stack:
//   1. `#running` calls have not returned, `concurrency` at most. `#held` values were accepted and have not been emitted or dropped.
//   2. Ordered: `#items` are the held values in their order, and the first of them has not been settled.

import type { Pullable } from "../channel/pull-source.ts";
import type { Context } from "../context/context.ts";
import { background, withCancelCause } from "../context/derive.ts";
import { go } from "../runtime/goroutine.ts";
import { toError } from "../util/inspect.ts";
import { RingBuffer } from "../util/ring-buffer.ts";
import { Check, checkBoolean, checkCount, checkFunction } from "../util/validate.ts";
import { checkStage, type PipelineSource, type StageOptions } from "./options.ts";
import { openerOf, type Stage, StageBase } from "./stage.ts";

/**
 * The function of {@link map} and {@link filter}.
 *
 * @param ctx the context of the stage. It has the values of the option `ctx`. It is canceled when the stage ends, with the error that ended the
 *   pipeline as its cause; the function should then return.
 * @param value the value
 */
export type StageFunc<T, Result> = (ctx: Context, value: T) => Result | PromiseLike<Result>;

/** Options of {@link map} and {@link filter}. */
export interface MapStageOptions extends StageOptions {
  /**
   * The number of calls of `fn` that run at once: a whole number from 1.
   *
   * @defaultValue 1: a value is pulled only when the previous one has been handled
   */
  readonly concurrency?: number | undefined;

  /**
   * Whether the results have the order of the values. Otherwise they have the order in which they are complete.
   *
   * @defaultValue true
   */
  readonly ordered?: boolean | undefined;

  /**
   * The number of values that may be between the source and the consumer, with the one that the consumer handles: a whole number from 1.
   *
   * @defaultValue twice `concurrency`; 1 for a concurrency of 1
   */
  readonly maxInFlight?: number | undefined;
}

const names = ["concurrency", "ordered", "maxInFlight"];
const aliases = {
  workers: "concurrency",
  limit: "concurrency",
  highWaterMark: "maxInFlight",
  backpressure: "maxInFlight",
};

/**
 * Calls `fn` with each value, `concurrency` calls at a time, and returns the results: in the order of the values, or with `ordered: false` in
 * the order of their completion. Values are pulled only while there is room for them; see `maxInFlight`.
 *
 * The first error ends the stage. If the results are ordered, those of the earlier values come first, so the results and the error are those
 * of a loop that calls `fn` with one value after another.
 *
 * Cancellation: the other calls of `fn` get a canceled context. The stage does not wait for them.
 *
 * @throws the error of `fn` or of the source (`next` rejects); an `AggregateError` if a release fails after that.
 * @throws {TypeError | RangeError} for invalid arguments.
 *
 * @example
 * const squares = map([1, 2, 3], async (_ctx, n) => n * n, { concurrency: 2 });
 * for await (const square of squares) console.log(square);
 */
export function map<T, Result>(
  source: PipelineSource<T>,
  fn: StageFunc<T, Result>,
  options: MapStageOptions = {},
): Stage<Awaited<Result>> {
  return createMap("map", source, fn, options);
}

/**
 * Returns the values for which `fn` returns true, with the type of which `fn` is the guard. Everything else is as in {@link map}.
 *
 * @throws the error of `fn` or of the source (`next` rejects); an `AggregateError` if a release fails after that.
 * @throws {TypeError | RangeError} for invalid arguments.
 *
 * @example
 * for await (const odd of filter([1, 2, 3], (_ctx, n) => n % 2 === 1)) console.log(odd);
 */
export function filter<T, Kept extends T>(
  source: PipelineSource<T>,
  fn: (ctx: Context, value: T) => value is Kept,
  options?: MapStageOptions,
): Stage<Kept>;
/**
 * Returns the values for which `fn` returns true. Everything else is as in {@link map}.
 *
 * @throws the error of `fn` or of the source (`next` rejects); an `AggregateError` if a release fails after that.
 * @throws {TypeError | RangeError} for invalid arguments.
 */
export function filter<T>(source: PipelineSource<T>, fn: StageFunc<T, boolean>, options?: MapStageOptions): Stage<T>;
export function filter<T>(
  source: PipelineSource<T>,
  fn: StageFunc<T, boolean>,
  options: MapStageOptions = {},
): Stage<T> {
  return createFilter("filter", source, fn, options);
}

/** Makes the stage of {@link map} for the public function `caller`. */
export function createMap<T, Result>(
  caller: string,
  source: PipelineSource<T>,
  fn: StageFunc<T, Result>,
  options: MapStageOptions = {},
  inherited?: Context,
): Stage<Awaited<Result>> {
  return new MapStage<T, Result, Awaited<Result>>(caller, source, fn, options, inherited);
}

/** Makes the stage of {@link filter} for the public function `caller`. */
export function createFilter<T>(
  caller: string,
  source: PipelineSource<T>,
  fn: StageFunc<T, boolean>,
  options: MapStageOptions = {},
  inherited?: Context,
): Stage<T> {
  return new FilterStage<T>(caller, source, fn, options, inherited);
}

/** A value that was accepted, and the outcome of its call. */
class Item<T, Result> {
  readonly value: T;
  isSettled = false;
  result: Result | undefined = undefined;
  error: Error | undefined = undefined;

  constructor(value: T) {
    this.value = value;
  }
}

class MapStage<In, Result, Out> extends StageBase<In, Out> {
  readonly #fn: StageFunc<In, Result>;
  readonly #concurrency: number;
  readonly #maxInFlight: number;

  /** The held values in their order; null if the results are not ordered. */
  readonly #items: RingBuffer<Item<In, Result>> | null;

  /** Made for the first call. */
  #fnCtx: Context | null = null;
  #cancel: (cause: Error) => void = () => undefined;
  #running = 0;
  #held = 0;
  #isOver = false;

  /** A goroutine that has settled its value takes the next one without a new goroutine. */
  #hasFreeWorker = false;
  #handedOver: Item<In, Result> | null = null;

  constructor(
    caller: string,
    source: Pullable<In>,
    fn: StageFunc<In, Result>,
    options: MapStageOptions,
    inherited: Context | undefined,
  ) {
    const check = new Check(caller);
    const ctx = checkStage(caller, source, options, names, aliases, inherited);
    checkFunction(caller, fn, "fn");
    super([openerOf(source)], ctx);
    const { concurrency = 1, ordered = true } = options;
    checkBoolean(check, "ordered", ordered);
    const { maxInFlight = concurrency === 1 ? 1 : 2 * concurrency } = options;
    this.#fn = fn;
    this.#concurrency = checkCount(check, "concurrency", 1, concurrency);
    this.#maxInFlight = checkCount(check, "maxInFlight", 1, maxInFlight);
    this.#items = ordered ? new RingBuffer() : null;
  }

  protected canPull(): boolean {
    // The demand is the number of calls that wait, or less than 0 by the values that are ready; the consumer handles a value if it is not 1.
    const { demand } = this;
    const inFlight = this.#held + (demand > 0 ? 0 : 1 - demand);
    return this.#running < this.#concurrency && inFlight < this.#maxInFlight;
  }

  protected accept(value: In): void {
    const item = new Item<In, Result>(value);
    this.#running++;
    this.#held++;
    this.#items?.push(item);
    if (this.#hasFreeWorker) {
      this.#hasFreeWorker = false;
      this.#handedOver = item;
    } else {
      go(() => this.#work(item));
    }
  }

  protected override isBusy(): boolean {
    return this.#held > 0;
  }

  protected override cancelWork(reason: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#held = 0;
    this.#handedOver = null;
    while (this.#items !== null && this.#items.length > 0) this.#items.shift();
    this.#cancel(reason);
  }

  /** Emits the outcome of one call. */
  protected deliver({ result }: Item<In, Result>): void {
    this.emit(result as unknown as Out);
  }

  /** A goroutine that calls the function with `first`, and with the values that it finds after that. */
  async #work(first: Item<In, Result>): Promise<void> {
    for (let item: Item<In, Result> | null = first; item !== null && !this.#isOver;) {
      try {
        item.result = await this.#fn(this.#context(), item.value);
      } catch (error) {
        item.error = toError(error);
      }
      if (this.#isOver) return;
      this.#hasFreeWorker = true;
      this.#settled(item);
      this.#hasFreeWorker = false;
      item = this.#handedOver;
      this.#handedOver = null;
    }
  }

  #context(): Context {
    if (this.#fnCtx === null) [this.#fnCtx, this.#cancel] = withCancelCause(this.ctx ?? background());
    return this.#fnCtx;
  }

  #settled(item: Item<In, Result>): void {
    this.#running--;
    item.isSettled = true;
    if (this.#items === null) {
      this.#finish(item);
    } else {
      // The results of earlier values come first, but no later value is pulled.
      if (item.error !== undefined) this.stopPulling(item.error);
      while (this.#items.first?.isSettled === true) this.#finish(this.#items.shift());
    }
    this.pump();
  }

  #finish(item: Item<In, Result>): void {
    this.#held--;
    if (item.error !== undefined) this.fail(item.error);
    else this.deliver(item);
  }
}

class FilterStage<T> extends MapStage<T, boolean, T> {
  protected override deliver({ result, value }: Item<T, boolean>): void {
    if (result === true) this.emit(value);
  }
}
