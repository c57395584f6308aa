// Channels as web streams. A readable stream receives a value only when it is read; a write completes when the channel has taken the
// value.

import { Channel, channelStateOf, type ReceiveChannel, type SendChannel } from "../channel/channel.ts";
import type { ChannelState } from "../channel/channel-state.ts";
import { receive, select, send } from "../channel/select.ts";
import { onCancel } from "../context/cancel.ts";
import { contextOf } from "../context/wait-context.ts";
import { type WaitOptions, waitOptionNames } from "../runtime/cancellation.ts";
import { background, cause } from "../context/derive.ts";
import { Check, checkOptionalFunction, describe } from "../util/validate.ts";
import { toError } from "../util/inspect.ts";
import { resolved } from "../runtime/scheduler.ts";
import { closeIfOpen, Ending } from "./ending.ts";

/** Options of {@link toReadableStream}. When `ctx` is canceled or `signal` aborts, the stream fails with the cause. */
export interface ToReadableStreamOptions extends WaitOptions {
  /** Called when the stream is canceled. The cancel function of `context.withCancelCause` can be passed, and releases the senders. */
  readonly onCancel?: (reason: Error) => void;
}

/**
 * Options of {@link toWritableStream}. When `ctx` is canceled or `signal` aborts, the stream fails with the cause, and the channel is closed.
 */
export interface ToWritableStreamOptions extends WaitOptions {
  /** Called when the stream is aborted, just before the channel is closed. */
  readonly onAbort?: (reason: Error) => void;

  /**
   * Whether the channel stays open when the stream is closed or aborted, as it must if it has other senders.
   *
   * @defaultValue false
   */
  readonly preventClose?: boolean;
}

/**
 * Returns a stream of the values of `channel`, which closes when the channel is closed and empty. A value is received only when the
 * stream is read.
 *
 * Cancellation: with `ctx` or `signal`, the stream then fails with the cause. After that, and after the stream has been canceled, it
 * receives nothing from the channel, which stays open; a value whose transfer was in progress is dropped.
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
  check.options(options, [...waitOptionNames, "onCancel"]);
  const { onCancel: onStreamCancel } = options;
  const ctx = contextOf(check, options) ?? background();
  checkOptionalFunction(check, "onCancel", onStreamCancel);
  const ending = new Ending();
  const values = channel[Symbol.asyncIterator]();
  // A pending read leaves the queue of the channel.
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
 * Returns a stream that sends the values written to it to `channel`. A write completes when the channel has taken the value, so a source
 * that is piped into the stream is slowed down to the speed of the receivers. When the stream is closed or aborted, the channel is closed,
 * unless other code has closed it. In that case the next write rejects with {@link PanicError}.
 *
 * Cancellation: with `ctx` or `signal`, the stream then fails with the cause. A write that waits at that time, or when the stream is
 * aborted, rejects with the cause or the reason of the abort, and its value has not been sent.
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
  const state = checkChannel("toWritableStream", channel);
  check.options(options, [...waitOptionNames, "onAbort", "preventClose"]);
  const { onAbort, preventClose = false } = options;
  const ctx = contextOf(check, options) ?? background();
  checkOptionalFunction(check, "onAbort", onAbort);
  const ending = new Ending();
  const interrupt = new Channel<never>();
  let reason: unknown;

  // A pending write is interrupted before the channel is closed: otherwise its send would panic.
  function end(cause: unknown): boolean {
    if (ending.isOver) return false;
    reason = cause;
    interrupt.close();
    return ending.decide();
  }
  function close(): void {
    if (!preventClose) closeIfOpen(channel);
  }

  return new WritableStream<T>({
    start(controller) {
      // The stream calls `abort` only after a pending write has completed.
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
        if (state.sendIfReady(value)) {
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
    abort(reason) {
      try {
        onAbort?.(toError(reason));
      } finally {
        close();
      }
    },
  });
}

function checkChannel<T>(caller: string, channel: ReceiveChannel<T> | SendChannel<T>): ChannelState<T> {
  const state = typeof channel === "object" && channel !== null ? channelStateOf(channel) : undefined;
  if (state !== undefined) return state;
  throw new TypeError(`${caller}: channel must be a Channel, got ${describe(channel)}`);
}
