// `pipeline`: the stages as methods, to be read from the source to the result.

import type { WaitOptions } from "../runtime/cancellation.ts";
import type { Context } from "../context/context.ts";
import { type BatchOptions, createBatch } from "./batch.ts";
import { createFilter, createMap, type MapStageOptions, type StageFunc } from "./map.ts";
import { createMerge } from "./merge.ts";
import { checkStage, type PipelineSource, type StageOptions } from "./options.ts";
import { createDebounce, createThrottle, type EdgeOptions } from "./pace.ts";
import { openerOf, PassStage, registerStage, type Stage } from "./stage.ts";
import { createTee, type TeeOptions } from "./tee.ts";

/** The options of a stage without those that end it: a pipeline has these in common for all of its stages. */
type WithoutWait<Options> = Omit<Options, keyof WaitOptions>;

/**
 * A source with stages behind it; made by {@link pipeline}. Each method returns a new pipeline, which takes the place of this one.
 *
 * In the signatures, `WithoutWait<Options>` is `Options` without `ctx` and `signal`: a pipeline has these in common for all of its stages.
 */
export class Pipeline<out T> implements AsyncIterable<T>, AsyncDisposable {
  readonly #stage: Stage<T>;
  readonly #ctx: Context | undefined;

  /** @internal */
  constructor(stage: Stage<T>, ctx: Context | undefined) {
    this.#stage = stage;
    registerStage(this, stage);
    this.#ctx = ctx;
  }

  /** Adds a stage that calls `fn` with each value, several at a time, and returns the results: see the function {@link map}. */
  map<Result>(fn: StageFunc<T, Result>, options?: WithoutWait<MapStageOptions>): Pipeline<Awaited<Result>> {
    return this.#add(createMap("Pipeline.map", this.#stage, fn, options, this.#ctx));
  }

  /** Adds a stage that returns the values for which `fn`, a type guard, returns true: see the function {@link filter}. */
  filter<Kept extends T>(
    fn: (ctx: Context, value: T) => value is Kept,
    options?: WithoutWait<MapStageOptions>,
  ): Pipeline<Kept>;
  /** Adds a stage that returns the values for which `fn` returns true: see the function {@link filter}. */
  filter(fn: StageFunc<T, boolean>, options?: WithoutWait<MapStageOptions>): Pipeline<T>;
  filter(fn: StageFunc<T, boolean>, options?: WithoutWait<MapStageOptions>): Pipeline<T> {
    return this.#add(createFilter("Pipeline.filter", this.#stage, fn, options, this.#ctx));
  }

  /** Adds a stage that puts the values into arrays, by number and by time: see the function {@link batch}. */
  batch(options: WithoutWait<BatchOptions>): Pipeline<T[]> {
    return this.#add(createBatch("Pipeline.batch", this.#stage, options, this.#ctx));
  }

  /**
   * Adds a stage that returns the last value of each burst: see the function {@link debounce}.
   *
   * @param ms - how long no value must follow, in milliseconds, from 0
   */
  debounce(ms: number, options?: WithoutWait<EdgeOptions>): Pipeline<T> {
    return this.#add(createDebounce("Pipeline.debounce", this.#stage, ms, options, this.#ctx));
  }

  /**
   * Adds a stage that returns at most one value in each `ms` milliseconds, the latest: see the function {@link throttle}.
   *
   * @param ms - a number of milliseconds, from 0
   */
  throttle(ms: number, options?: WithoutWait<EdgeOptions>): Pipeline<T> {
    return this.#add(createThrottle("Pipeline.throttle", this.#stage, ms, options, this.#ctx));
  }

  /** Adds the values of other sources, as they come: see the function {@link merge}. */
  merge<Other>(...sources: readonly PipelineSource<Other>[]): Pipeline<T | Other> {
    return this.#add(createMerge<T | Other>("Pipeline.merge", [this.#stage, ...sources], this.#ctx));
  }

  /**
   * Returns `n` pipelines, each with all values: see the function {@link tee}.
   *
   * @param n - the number of pipelines, from 1 to 1,000
   */
  tee(n?: number, options?: WithoutWait<TeeOptions>): Pipeline<T>[];
  /** Returns two pipelines, each with all values: see the function {@link tee}. */
  tee(options: WithoutWait<TeeOptions>): Pipeline<T>[];
  tee(n?: number | WithoutWait<TeeOptions>, options?: WithoutWait<TeeOptions>): Pipeline<T>[] {
    return createTee("Pipeline.tee", this.#stage, n, options, this.#ctx).map((branch) => this.#add(branch));
  }

  /** Returns the last stage. */
  [Symbol.asyncIterator](): Stage<T> {
    return this.#stage;
  }

  /** Leaves the last stage: cancels all work, and resolves when the sources are released. `await using` calls it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stage.return();
  }

  #add<Out>(stage: Stage<Out>): Pipeline<Out> {
    return createPipeline(stage, this.#ctx);
  }
}

/**
 * Returns a pipeline that begins with `source`. Stages are added by its methods, which are the functions of `goro/pipeline`; a loop over the
 * pipeline runs it. Nothing is pulled before that.
 *
 * A failure anywhere ends the whole pipeline with its error: the source is released, and functions that run get a canceled context whose
 * cause is the error. Leaving the loop ends it in the same manner.
 *
 * Cancellation: `ctx` or `signal` ends all stages at once; the loop rejects with the cause.
 *
 * @throws {TypeError} if `source` is not iterable, or for invalid options.
 *
 * @example
 * const pairs = pipeline([1, 2, 3, 4, 5])
 *   .filter((_ctx, n) => n !== 3)
 *   .map(async (_ctx, n) => n * n, { concurrency: 2 })
 *   .batch({ size: 2 });
 * for await (const pair of pairs) console.log(pair); // [ 1, 4 ], [ 16, 25 ]
 */
export function pipeline<T>(source: PipelineSource<T>, options: StageOptions = {}): Pipeline<T> {
  const ctx = checkStage("pipeline", source, options, [], {}, undefined);
  const stage: Stage<T> = new PassStage<T>([openerOf(source)], ctx);
  return createPipeline(stage, ctx);
}

// A class that refers to itself by name in its body is renamed in a bundle made by esbuild.
function createPipeline<T>(stage: Stage<T>, ctx: Context | undefined): Pipeline<T> {
  return new Pipeline(stage, ctx);
}
