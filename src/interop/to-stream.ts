// Channels as web streams. A readable stream receives a value when it is read, never ahead; a write is over when the channel has taken
// the value.

import { Channel, channelStateOf, type ReceiveChannel, type SendChannel } from "../channel/channel.ts";
import { receive, select, send } from "../channel/select.ts";
import { onCancel } from "../context/cancel.ts";
import type { Context } from "../context/context.ts";
import { background, cause } from "../context/api.ts";
import { Check, describe } from "../util/validate.ts";
import { toError } from "../util/inspect.ts";
import { resolved } from "../runtime/scheduler.ts";
import { closeIfOpen, Ending } from "./ending.ts";

/** Options of {@link toReadableStream}. */
export interface ToReadableStreamOptions {
  /**
   * When it ends, the stream fails with the cause.
   *
   * @defaultValue a context that never ends
   */
  readonly ctx?: Context;

  /** Called when the stream is canceled. The cancel function of `context.withCancelCause` fits, and releases the senders. */
  readonly onCancel?: (reason: Error) => void;
}

/** Options of {@link toWritableStream}. */
export interface ToWritableStreamOptions {
  /**
   * When it ends, the stream fails with the cause, and the channel is closed.
   *
   * @defaultValue a context that never ends
   */
  readonly ctx?: Context;

  /** Called when the stream is aborted, just before the channel is closed. */
  readonly onAbort?: (reason: Error) => void;

  /**
   * Whether the channel stays open when the stream has ended, as it must if it has other senders.
   *
   * @defaultValue false
   */
  readonly preventClose?: boolean;
}

/**
 * Returns a stream of the values of `channel`, which closes when the channel is closed and empty. A value is received when the stream
 * is read, never ahead.
 *
 * Cancellation: when `ctx` ends, the stream fails with its cause. After that, and after the stream has been canceled, it takes nothing
 * from the channel, which stays open; a value that was being handed over in that moment is dropped.
 *
 * @throws {TypeError} if `channel` is not a channel, or for an option that is unknown or of a wrong type.
 *
 * @example
 * const ch = new Channel<number>(2);
 * await ch.send(1);
 * ch.close();
 * for await (const n of toReadableStream(ch)) console.log(n);
 */
export function toReadableStream<T>(
  channel: ReceiveChannel<T>,
  options: ToReadableStreamOptions = {},
): ReadableStream<T> {
  const check = new Check("toReadableStream");
  checkChannel("toReadableStream", channel);
  check.options(options, ["ctx", "onCancel"], { signal: "ctx" });
  const { ctx = background(), onCancel: onStreamCancel } = options;
  check.isContext("ctx", ctx);
  check.isFunction("onCancel", onStreamCancel);
  const ending = new Ending();
  const values = channel[Symbol.asyncIterator]();
  // A read that waits leaves the queue of the channel at once.
  ending.onEnd(() => values.return?.());
  return new ReadableStream<T>(
    {
      start(controller) {
        ending.onEnd(
          onCancel(ctx, () => {
            if (ending.decide()) controller.error(cause(ctx));
          }),
        );
      },
      async pull(controller) {
        const step = await values.next();
        if (ending.isOver) return;
        if (step.done !== true) {
          controller.enqueue(step.value);
        } else if (ending.decide()) {
          controller.close();
        }
      },
      cancel(reason) {
        if (ending.decide()) onStreamCancel?.(toError(reason));
      },
    },
    { highWaterMark: 0 },
  );
}

/**
 * Returns a stream that sends what is written to it to `channel`. A write is over when the channel has taken the value, so a source that
 * is piped into the stream is no faster than the receivers. When the stream is closed or aborted, the channel is closed, unless other
 * code has closed it. In that case the next write rejects with {@link PanicError}.
 *
 * Cancellation: when `ctx` ends, the stream fails with its cause. A write that waits then, or when the stream is aborted, rejects with
 * the cause or the reason of the abort, and its value has not been sent.
 *
 * @throws {TypeError} if `channel` is not a channel, or for an option that is unknown or of a wrong type.
 *
 * @example
 * const ch = new Channel<string>();
 * const writer = toWritableStream(ch).getWriter();
 * go(async () => {
 *   await writer.write("hello");
 *   await writer.close();
 * });
 * for await (const word of ch) console.log(word);
 */
export function toWritableStream<T>(channel: SendChannel<T>, options: ToWritableStreamOptions = {}): WritableStream<T> {
  const check = new Check("toWritableStream");
  checkChannel("toWritableStream", channel);
  check.options(options, ["ctx", "onAbort", "preventClose"], { signal: "ctx" });
  const { ctx = background(), onAbort, preventClose = false } = options;
  check.isContext("ctx", ctx);
  check.isFunction("onAbort", onAbort);
  const ending = new Ending();
  const interrupt = new Channel<never>();
  let reason: unknown;

  // A write that waits is interrupted before the channel is closed, which would refuse its value with a panic.
  function end(why: unknown): boolean {
    if (ending.isOver) return false;
    reason = why;
    interrupt.close();
    return ending.decide();
  }
  function close(): void {
    if (!preventClose) closeIfOpen(channel);
  }

  return new WritableStream<T>({
    start(controller) {
      // The stream would not call `abort` before a write that waits is over.
      controller.signal.addEventListener("abort", () => end(controller.signal.reason), { once: true });
      ending.onEnd(
        onCancel(ctx, () => {
          if (!end(cause(ctx))) return;
          controller.error(reason);
          close();
        }),
      );
    },
    async write(value) {
      try {
        if (channel.trySend(value)) {
          await resolved();
          return;
        }
        const s = await select({ sent: send(channel, value), interrupt: receive(interrupt) });
        if (s.case === "sent") return;
      } catch (error) {
        // Other code has closed the channel.
        end(error);
        throw error;
      }
      throw reason;
    },
    close() {
      if (end(undefined)) close();
    },
    abort(why) {
      try {
        onAbort?.(toError(why));
      } finally {
        close();
      }
    },
  });
}

function checkChannel<T>(caller: string, channel: ReceiveChannel<T> | SendChannel<T>): void {
  if (typeof channel === "object" && channel !== null && channelStateOf(channel) !== undefined) return;
  throw new TypeError(`${caller}: channel must be a Channel, got ${describe(channel)}`);
}
