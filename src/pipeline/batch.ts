// `batch`: values in arrays, by number and by time.

import type { Context } from "../context/context.ts";
import { RuntimeTimer } from "../runtime/timer.ts";
import { Check, checkCount } from "../util/validate.ts";
import { checkStage, type PipelineSource, type StageOptions } from "./options.ts";
import { openerOf, type Stage, StageBase } from "./stage.ts";

/** Options of {@link batch}. */
export interface BatchOptions extends StageOptions {
  /** The largest number of values in a batch: a whole number from 1. */
  readonly size: number;

  /**
   * How long a batch is collected, in milliseconds from its first value, above 0.
   *
   * @defaultValue Infinity: only the last batch has fewer than `size` values
   */
  readonly interval?: number | undefined;
}

const aliases = { maxSize: "size", timeout: "interval", ms: "interval" };

/**
 * Collects the values in arrays of `size`. With `interval`, a batch with fewer values is returned when that time has passed since its first
 * value. The last batch has the rest; it comes before an error of the source, too. No batch is empty.
 *
 * Without `interval`, values are pulled only while the consumer waits. With it, one batch is also collected while the consumer is busy: then
 * the next call gets it at once if it is full or its time has passed.
 *
 * Cancellation: a batch that is full or whose time has passed is returned first; the values of another one are dropped.
 *
 * @throws the error of the source (`next` rejects).
 * @throws {TypeError | RangeError} for invalid arguments.
 *
 * @example
 * for await (const pair of batch([1, 2, 3], { size: 2 })) console.log(pair); // [ 1, 2 ], [ 3 ]
 */
export function batch<T>(source: PipelineSource<T>, options: BatchOptions): Stage<T[]> {
  return createBatch("batch", source, options);
}

/** Makes the stage of {@link batch} for the public function `caller`. */
export function createBatch<T>(
  caller: string,
  source: PipelineSource<T>,
  options: BatchOptions = {} as BatchOptions,
  inherited?: Context,
): Stage<T[]> {
  return new BatchStage(caller, source, options, inherited);
}

class BatchStage<T> extends StageBase<T, T[]> {
  readonly #size: number;

  /** Null if a batch is collected without a limit of time. */
  readonly #timer: RuntimeTimer | null;
  readonly #interval: number;
  #values: T[] = [];

  /** Whether the time of the batch has passed, or the source has ended. */
  #isDue = false;

  constructor(caller: string, source: PipelineSource<T>, options: BatchOptions, inherited: Context | undefined) {
    const check = new Check(caller);
    const ctx = checkStage(caller, source, options, ["size", "interval"], aliases, inherited);
    super([openerOf(source)], ctx);
    const { size, interval = Infinity } = options;
    this.#size = checkCount(check, "size", 1, size);
    this.#interval = check.atLeast("interval", 0, interval);
    this.#timer = interval === Infinity ? null : new RuntimeTimer("batch", () => this.#onTimer());
  }

  protected canPull(): boolean {
    return this.#values.length < this.#size && (this.#timer !== null || this.demand > 0);
  }

  protected accept(value: T): void {
    if (this.#values.push(value) === 1) this.#timer?.start(this.#interval);
    this.advance();
  }

  protected override flush(): void {
    this.#isDue = true;
    this.#timer?.cancel();
  }

  protected override isBusy(): boolean {
    return this.#values.length > 0;
  }

  protected override advance(): void {
    if (this.demand > 0) this.emitReady();
  }

  protected override emitReady(): void {
    const count = this.#values.length;
    if (count === 0 || (count < this.#size && !this.#isDue)) return;
    this.emit(this.#values);
    this.#values = [];
    this.#isDue = false;
    this.#timer?.cancel();
  }

  protected override cancelWork(_: Error): void {
    this.#values = [];
    this.#timer?.cancel();
  }

  #onTimer(): void {
    this.#isDue = true;
    this.settle();
  }
}
