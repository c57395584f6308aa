// Channels from what JavaScript has for sequences: iterables and streams. A source is asked for a value when the last one has
// been taken or found room, and not before.

import type { ReceiveChannel } from "../channel/channel.ts";
import { asText } from "../goroutine/foreign.ts";
import { feed, type FeedOptions, type Source } from "./feed.ts";

/**
 * A channel of the values of `source`, which is closed after the last one. The source is asked for the next value only when
 * the channel has taken the last: at most one value is on the way. Values of an iterable come as they are, promises too.
 *
 * Errors: throws `TypeError` if `source` is not iterable, and for options that make no sense. If the source fails, `onError` is
 * told and the channel is closed; without `onError` that is a panic.
 *
 * Cancellation: when `ctx` ends, the channel is closed at once and the source's `return` is called. A value that was on the
 * way is dropped.
 *
 * @example
 * async function* lines() {
 *   yield "one";
 *   yield "two";
 * }
 * for await (const line of fromIterable(lines())) console.log(line);
 */
export function fromIterable<T>(source: Iterable<T> | AsyncIterable<T>, options: FeedOptions = {}): ReceiveChannel<T> {
  const { [Symbol.asyncIterator]: later, [Symbol.iterator]: now } = (source ?? {}) as Partial<
    AsyncIterable<T> & Iterable<T>
  >;
  const open = later ?? now;
  if (typeof open !== "function") throw new TypeError(`fromIterable: source must be iterable, got ${asText(source)}`);
  return feed("fromIterable", () => steps((open as () => Iterator<T> | AsyncIterator<T>).call(source)), options);
}

function steps<T>(iterator: Iterator<T> | AsyncIterator<T>): Source<T> {
  return {
    next: () => iterator.next(),
    leave: () => iterator.return?.(),
  };
}

/**
 * A channel of the chunks of a web stream, which is closed at the stream's end. The next chunk is read only when the channel
 * has taken the last. The stream is locked as long as that goes on.
 *
 * Errors: throws `TypeError` if `stream` is no stream or is locked, and for options that make no sense. If the stream fails,
 * `onError` is told and the channel is closed; without `onError` that is a panic.
 *
 * Cancellation: when `ctx` ends, the channel is closed at once and the stream is cancelled with the cause.
 */
export function fromReadableStream<T>(stream: ReadableStream<T>, options: FeedOptions = {}): ReceiveChannel<T> {
  if (typeof (stream as Partial<ReadableStream<T>> | undefined)?.getReader !== "function")
    throw new TypeError(`fromReadableStream: stream must be a ReadableStream, got ${asText(stream)}`);
  return feed("fromReadableStream", () => chunks(stream.getReader()), options);
}

function chunks<T>(reader: ReadableStreamDefaultReader<T>): Source<T> {
  return {
    async next() {
      try {
        const step = await reader.read();
        if (step.done) reader.releaseLock();
        return step;
      } catch (error) {
        reader.releaseLock();
        throw error;
      }
    },
    async leave(reason) {
      await reader.cancel(reason);
      reader.releaseLock();
    },
  };
}
