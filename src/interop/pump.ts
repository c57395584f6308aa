// Sends the values of a source to a channel: the next value is pulled when the channel has taken the previous one.

import { Channel, type ReceiveChannel } from "../channel/channel.ts";
import { isEcho, type Pullable, PullSource } from "../channel/pull-source.ts";
import { onCancel } from "../context/cancel.ts";
import { contextOf } from "../context/wait-context.ts";
import { type WaitOptions, waitOptionNames } from "../runtime/cancellation.ts";
import type { Context } from "../context/context.ts";
import { background, cause } from "../context/derive.ts";
import { Check, checkCount, checkOptionalFunction } from "../util/validate.ts";
import { toError } from "../util/inspect.ts";
import { go } from "../runtime/goroutine.ts";
import { yieldIfDue } from "../runtime/scheduler.ts";
import { closeIfOpen, Ending, report } from "./ending.ts";

/**
 * Options of {@link fromIterable} and {@link fromReadableStream}. When `ctx` is canceled or `signal` aborts, the channel is closed and
 * the source is released.
 */
export interface FromSourceOptions extends WaitOptions {
  /**
   * The capacity of the channel: an integer from 0 to 2^32 - 1.
   *
   * @defaultValue 0
   */
  readonly capacity?: number;

  /**
   * Called with each error of the source: with an error that ends it just before the channel is closed, and with an error of its cleanup
   * when it occurs. The cancel function of `context.withCancelCause` can be passed.
   *
   * @defaultValue an error is a panic
   */
  readonly onError?: (error: Error) => void;
}

const optionNames = [...waitOptionNames, "capacity", "onError"];
const aliases = { highWaterMark: "capacity", buffer: "capacity" };

/** Returns a new channel, for the public function `caller`, that receives the values of `source` and is closed after the last. */
export function pumpToChannel<T>(caller: string, source: Pullable<T>, options: FromSourceOptions): ReceiveChannel<T> {
  const check = new Check(caller);
  check.options(options, optionNames, aliases);
  const { capacity = 0, onError } = options;
  const ctx = contextOf(check, options) ?? background();
  checkOptionalFunction(check, "onError", onError);
  const channel = new Channel<T>(checkCount(check, "capacity", 0, capacity, 0xffff_ffff));
  // The source is not accessed before all arguments have been checked.
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
          const pause = yieldIfDue();
          if (pause !== null) await pause;
        } else {
          // A cancellation closes the channel, and this send then rejects.
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

  /** Called when the source has failed, or other code has closed the channel. */
  #failed(error: unknown): void {
    if (!this.#ending.decide()) return;
    this.#cancelSource(toError(error));
    // A context of the user's may be canceled before it has called its listeners.
    const isEnd = this.#ctx.err() !== undefined && isEcho(error, cause(this.#ctx));
    if (!isEnd) report(error, this.#onError);
    closeIfOpen(this.#channel);
  }

  // Many sources reject a pending step when they are released: without `onError`, that error is not a panic.
  #cancelSource(reason: Error): void {
    this.#left = this.#source.leave(reason, (error, mayBeEcho) => {
      if (this.#onError !== undefined || !mayBeEcho) report(error, this.#onError);
    });
  }
}
