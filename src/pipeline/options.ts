// The arguments that the functions of goro/pipeline share, and their checks.

import { checkPullable } from "../channel/pull-source.ts";
import { contextOf } from "../context/wait-context.ts";
import { type WaitOptions, waitOptionNames } from "../runtime/cancellation.ts";
import type { Context } from "../context/context.ts";
import { Check } from "../util/validate.ts";

/**
 * A source of a pipeline: an iterable, an async iterable, such as an `Interface` of `node:readline`, a channel, a stream, or a stage. A value
 * of an iterable is passed on as it is, also a promise.
 */
export type PipelineSource<T> = Iterable<T> | AsyncIterable<T> | ReadableStream<T>;

/**
 * Options of a stage. When `ctx` is canceled or `signal` aborts, the stage ends with the cause, after the values that a call of `next` would
 * get at once. All stages above it end with it, and what those hold is dropped.
 */
export interface StageOptions extends WaitOptions {}

/**
 * Checks the source and the options of the public function `caller`; returns the context of the stage, if it has one: that of the options, or
 * `inherited`.
 */
export function checkStage(
  caller: string,
  source: unknown,
  options: StageOptions,
  names: readonly string[],
  aliases: Readonly<Record<string, string>>,
  inherited: Context | undefined,
): Context | undefined {
  const check = new Check(caller);
  checkPullable(caller, "source", source);
  check.options(options, [...names, ...waitOptionNames], aliases);
  return contextOf(check, options) ?? inherited;
}
