// How values come from a source into a channel: the next one is pulled when the channel has taken the last.

import { Channel, type ReceiveChannel } from "../channel/channel.ts";
import { isEcho, type Pullable, PullSource } from "../channel/pull-source.ts";
import { onCancel } from "../context/cancel.ts";
import type { Context } from "../context/context.ts";
import { background, cause } from "../context/api.ts";
import { Check } from "../util/validate.ts";
import { toError } from "../util/inspect.ts";
import { go } from "../runtime/goroutine.ts";
import { resolved, resolvedPromise } from "../runtime/scheduler.ts";
import { closeIfOpen, Ending, report } from "./ending.ts";

/** Options of {@link fromIterable} and {@link fromReadableStream}. */
export interface FromSourceOptions {
  /**
   * When it ends, the channel is closed and the source is released.
   *
   * @defaultValue a context that never ends
   */
  readonly ctx?: Context;

  /**
   * How many values the channel buffers: an integer from 0 to 2^32 - 1.
   *
   * @defaultValue 0
   */
  readonly capacity?: number;

  /**
   * Called with each failure of the source: with the one that ends it just before the channel is closed, and with one of its cleanup
   * when it occurs. The cancel function of `context.withCancelCause` fits. Without it, a failure is a panic.
   */
  readonly onError?: (error: Error) => void;
}

const aliases = { signal: "ctx", highWaterMark: "capacity", buffer: "capacity" };

/** Sends the values of `source` to a new channel, for the public function `caller`, and closes the channel at the end. */
export function pumpToChannel<T>(caller: string, source: Pullable<T>, options: FromSourceOptions): ReceiveChannel<T> {
  const check = new Check(caller);
  check.options(options, ["ctx", "capacity", "onError"], aliases);
  const { ctx = background(), capacity = 0, onError } = options;
  check.isContext("ctx", ctx);
  check.isFunction("onError", onError);
  const channel = new Channel<T>(check.count("capacity", 0, capacity, 0xffff_ffff));
  // The source is not touched before all arguments are known to be valid.
  const pump = new Pump(new PullSource(source), channel, ctx, onError);
  go(() => pump.run());
  return channel;
}

class Pump<T> {
  readonly #source: PullSource<T>;
  readonly #channel: Channel<T>;
  readonly #ctx: Context;
  readonly #onError: ((error: Error) => void) | undefined;
  readonly #ending = new Ending();
  #left: Promise<void> | undefined;

  constructor(source: PullSource<T>, channel: Channel<T>, ctx: Context, onError: ((error: Error) => void) | undefined) {
    this.#source = source;
    this.#channel = channel;
    this.#ctx = ctx;
    this.#onError = onError;
    this.#ending.onEnd(onCancel(ctx, () => this.#canceled()));
  }

  async run(): Promise<void> {
    const source = this.#source;
    try {
      for (let step = await source.next(); !step.done && !this.#ending.isOver; step = await source.next()) {
        if (this.#channel.trySend(step.value)) {
          const gate = resolved();
          if (gate !== resolvedPromise) await gate;
        } else {
          // The end of the context closes the channel, which refuses a value that waits.
          await this.#channel.send(step.value);
        }
      }
      if (this.#ending.decide()) closeIfOpen(this.#channel);
    } catch (error) {
      this.#failed(error);
    }
    await this.#left;
  }

  // The channel is closed first: receivers do not wait for the cleanup of the source.
  #canceled(): void {
    if (!this.#ending.decide()) return;
    closeIfOpen(this.#channel);
    this.#cancelSource(cause(this.#ctx) as Error);
  }

  /** The source has failed, or other code has closed the channel. */
  #failed(error: unknown): void {
    if (!this.#ending.decide()) return;
    this.#cancelSource(toError(error));
    // A context of the user's own may have ended without having told its listeners yet.
    const isEnd = this.#ctx.err() !== undefined && isEcho(error, cause(this.#ctx));
    if (!isEnd) report(error, this.#onError);
    closeIfOpen(this.#channel);
  }

  // Many sources reject a pending step when they are left: without `onError`, that is not worth a panic.
  #cancelSource(reason: Error): void {
    this.#left = this.#source.leave(reason, (error, mayBeEcho) => {
      if (this.#onError !== undefined || !mayBeEcho) report(error, this.#onError);
    });
  }
}
