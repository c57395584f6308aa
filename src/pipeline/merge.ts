// `merge`: fan-in.

import { checkPullable } from "../channel/pull-source.ts";
import { contextOf } from "../context/wait-context.ts";
import { waitOptionNames } from "../runtime/cancellation.ts";
import type { Context } from "../context/context.ts";
import { tryOr } from "../util/inspect.ts";
import { Check } from "../util/validate.ts";
import type { PipelineSource, StageOptions } from "./options.ts";
import { openerOf, PassStage, type Stage } from "./stage.ts";

const check = /* @__PURE__ */ new Check("merge");

/**
 * Returns the values of all sources in one sequence, as they come: fan-in. No source is favored, and each is pulled at most one value ahead.
 * The sequence ends after the last source, or with the first error of a source; then the other sources are released.
 *
 * @param sources any iterables, channels, streams or stages
 * @throws the error of a source (`next` rejects).
 * @throws {TypeError} for an argument that is not iterable, or for invalid options.
 *
 * @see [Go Concurrency Patterns: Pipelines](https://go.dev/blog/pipelines#fan-out-fan-in), whose `merge` this is
 *
 * @example
 * for await (const n of merge([1, 2], new Set([3, 4]))) console.log(n);
 */
export function merge<T>(...sources: readonly PipelineSource<T>[]): Stage<T>;
/**
 * Returns the values of all sources in one sequence, as they come. The last argument is the options.
 *
 * @param args the sources, and the options
 * @throws the error of a source (`next` rejects), or the cause of the cancellation.
 * @throws {TypeError} for an argument that is not iterable, or for invalid options.
 */
export function merge<T>(...args: readonly [...sources: PipelineSource<T>[], options: StageOptions]): Stage<T>;
export function merge<T>(...args: readonly (PipelineSource<T> | StageOptions)[]): Stage<T> {
  const options = hasOptions(args) ? (args[args.length - 1] as StageOptions) : undefined;
  const sources = (options === undefined ? args : args.slice(0, -1)) as readonly PipelineSource<T>[];
  check.options(options, waitOptionNames);
  return createMerge("merge", sources, contextOf(check, options));
}

/** Makes the stage of {@link merge} for the public function `caller`. */
export function createMerge<T>(
  caller: string,
  sources: readonly PipelineSource<T>[],
  ctx: Context | undefined,
): Stage<T> {
  for (const [i, source] of sources.entries()) checkPullable(caller, `source ${i + 1}`, source);
  return new PassStage(sources.map(openerOf), ctx);
}

function hasOptions(args: readonly unknown[]): boolean {
  const last = args[args.length - 1];
  return tryOr(
    () =>
      typeof last === "object" &&
      last !== null &&
      !(Symbol.iterator in last || Symbol.asyncIterator in last || "getReader" in last),
    () => false,
  );
}
