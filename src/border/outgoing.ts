// Channels as web streams, for what wants a stream. Nothing is read ahead: a stream takes a value from its channel when somebody
// reads, and a write is over when the channel has taken the value.

import { Channel, coreOf, type ReceiveChannel, type SendChannel } from "../channel/channel.ts";
import { receive, select, send } from "../channel/select.ts";
import type { Context } from "../context/context.ts";
import { afterFunc, background, cause } from "../context/namespace.ts";
import { Check, describe } from "../goroutine/check.ts";
import { asError } from "../goroutine/foreign.ts";

export interface ReadableOptions {
  /** When it ends, the stream fails with the cause. Default: never. */
  readonly ctx?: Context;

  /** Hears that the stream was cancelled; the cancel function of `context.withCancelCause` fits, and frees who sends. */
  readonly onCancel?: (reason: Error) => void;
}

export interface WritableOptions {
  /** When it ends, the stream fails with the cause, and the channel is closed. Default: never. */
  readonly ctx?: Context;

  /** Hears that the stream was aborted, just before the channel is closed. */
  readonly onAbort?: (reason: Error) => void;

  /** Whether the channel stays open when the stream has ended, as it must where others send too. Default: false. */
  readonly preventClose?: boolean;
}

/**
 * A stream of what comes from `channel`; it closes when the channel is closed and empty. A value is received when somebody reads,
 * never ahead.
 *
 * Errors: throws `TypeError` if `channel` is no channel, or for options that make no sense.
 *
 * Cancellation: when `ctx` ends, whoever reads gets its cause. Cancelling the stream takes no more from the channel, which stays
 * open; a value that was being handed over in that moment is dropped.
 *
 * @example
 * const ch = new Channel<number>(2);
 * await ch.send(1);
 * ch.close();
 * for await (const n of toReadableStream(ch)) console.log(n);
 */
export function toReadableStream<T>(channel: ReceiveChannel<T>, options: ReadableOptions = {}): ReadableStream<T> {
  const { ctx = background(), onCancel } = options;
  const check = new Check("toReadableStream");
  checkChannel("toReadableStream", channel);
  check.isContext("ctx", ctx);
  check.isFunction("onCancel", onCancel);
  const left = new Channel<never>();
  return new ReadableStream<T>(
    {
      async pull(controller) {
        if (ctx.err() !== undefined) throw cause(ctx) as Error;
        const s = await select({ value: receive(channel), over: receive(ctx.done()), left: receive(left) });
        if (s.case === "over") throw cause(ctx) as Error;
        if (s.case === "left" || left.tryReceive() !== undefined) return;
        if (s.ok) controller.enqueue(s.value);
        else controller.close();
      },
      cancel(reason) {
        left.close();
        onCancel?.(asError(reason));
      },
    },
    { highWaterMark: 0 },
  );
}

/**
 * A stream that sends what is written to it to `channel`. A write is over when the channel has taken the value, so whoever pipes
 * into it goes no faster than who receives. When the stream is closed or aborted, the channel is closed.
 *
 * Errors: throws `TypeError` if `channel` is no channel, or for options that make no sense. If somebody else closes the channel,
 * the next write fails with `PanicError`.
 *
 * Cancellation: when `ctx` ends the stream fails with its cause, also a write that waits; its value has not been sent.
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
export function toWritableStream<T>(channel: SendChannel<T>, options: WritableOptions = {}): WritableStream<T> {
  const { ctx = background(), onAbort, preventClose = false } = options;
  const check = new Check("toWritableStream");
  checkChannel("toWritableStream", channel);
  check.isContext("ctx", ctx);
  check.isFunction("onAbort", onAbort);
  const left = new Channel<never>();
  let forget = (): unknown => undefined;
  let isOver = false;

  function end(): void {
    if (isOver) return;
    isOver = true;
    forget();
    if (!preventClose) channel.close();
  }

  return new WritableStream<T>({
    start(controller) {
      // A write that waits would keep the stream from being aborted.
      controller.signal.addEventListener("abort", () => left.close(), { once: true });
      forget = afterFunc(ctx, () => {
        controller.error(cause(ctx));
        end();
      });
    },
    async write(value) {
      if (ctx.err() !== undefined) throw cause(ctx) as Error;
      try {
        if (channel.trySend(value)) return;
        const s = await select({ sent: send(channel, value), over: receive(ctx.done()), left: receive(left) });
        if (s.case === "over") throw cause(ctx) as Error;
      } catch (error) {
        if (ctx.err() !== undefined) {
          end();
        } else {
          // Somebody else has closed the channel, and there is nothing left to end.
          isOver = true;
          forget();
        }
        throw error;
      }
    },
    close: end,
    abort(reason) {
      try {
        onAbort?.(asError(reason));
      } finally {
        end();
      }
    },
  });
}

function checkChannel<T>(caller: string, channel: ReceiveChannel<T> | SendChannel<T>): void {
  if (typeof channel !== "object" || channel === null || coreOf(channel) === undefined)
    throw new TypeError(`${caller}: channel must be a Channel, got ${describe(channel)}`);
}
