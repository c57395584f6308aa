// Channels from iterables and streams.

import type { ReceiveChannel } from "../channel/channel.ts";
import { checkPullable } from "../channel/pull-source.ts";
import { describe } from "../util/validate.ts";
import { pumpToChannel, type FromSourceOptions } from "./pump.ts";

/**
 * Returns a channel of the values of `source`, which is closed after the last one. The next value is pulled when the channel has taken
 * the previous one, so at most one value is held in between. `source` may be an iterable, whose values are sent as they are, promises
 * too; an async iterable, such as a Node stream; a channel; or a web stream.
 *
 * An error of the source is passed to `onError`, and the channel is closed; without `onError`, the error is a panic.
 *
 * Cancellation: with `ctx` or `signal`, the channel is then closed and the source is released, even if it has not responded to the last
 * pull: `return` of an iterator is called, a stream is destroyed or canceled. A value that was held in between is dropped.
 *
 * @throws {TypeError} if `source` is not iterable, or for an option that is unknown or of a wrong type.
 * @throws {RangeError} for a capacity out of range.
 *
 * @example
 * async function* lines() {
 *   yield "one";
 *   yield "two";
 * }
 * for await (const line of fromIterable(lines())) console.log(line);
 */
export function fromIterable<T>(
  source: Iterable<T> | AsyncIterable<T>,
  options: FromSourceOptions = {},
): ReceiveChannel<T> {
  checkPullable("fromIterable", "source", source);
  return pumpToChannel("fromIterable", source, options);
}

/**
 * Returns a channel of the chunks of a web stream, which is closed at the stream's end. The next chunk is read when the channel has
 * taken the previous one. The stream is locked until the end.
 *
 * An error of the stream is passed to `onError`, and the channel is closed; without `onError`, the error is a panic.
 *
 * Cancellation: with `ctx` or `signal`, the channel is then closed and the stream is canceled with the cause. A chunk that was held in
 * between is dropped.
 *
 * @throws {TypeError} if `stream` is not a ReadableStream or is locked, or for an option that is unknown or of a wrong type.
 * @throws {RangeError} for a capacity out of range.
 */
export function fromReadableStream<T>(stream: ReadableStream<T>, options: FromSourceOptions = {}): ReceiveChannel<T> {
  if (typeof (stream as Partial<ReadableStream<T>> | undefined)?.getReader !== "function") {
    throw new TypeError(
      `fromReadableStream: stream must be a ReadableStream, got ${describe(stream)}${adviceFor(stream)}`,
    );
  }
  return pumpToChannel("fromReadableStream", stream, options);
}

function adviceFor(source: unknown): string {
  const { [Symbol.asyncIterator]: iterate } = Object(source) as Partial<AsyncIterable<unknown>>;
  return typeof iterate === "function" ? "; pass an async iterable, such as a Node stream, to fromIterable" : "";
}
