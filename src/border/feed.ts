// How values come into a channel from outside: one at a time, each asked for when the last one has found its taker.

import { Channel, type ReceiveChannel } from "../channel/channel.ts";
import { receive, select, send } from "../channel/select.ts";
import type { Context } from "../context/context.ts";
import { afterFunc, background, cause } from "../context/namespace.ts";
import { Check } from "../goroutine/check.ts";
import { asError } from "../goroutine/foreign.ts";
import { go } from "../goroutine/go.ts";

export interface FeedOptions {
  /** When it ends, the source is let go and the channel is closed. Default: never. */
  readonly ctx?: Context;

  /** How many values the channel keeps, a whole number from 0 to 2^32 - 1. Default: 0. */
  readonly capacity?: number;

  /**
   * Hears of the source's failure, just before the channel is closed; the cancel function of `context.withCancelCause` fits.
   * Without it, a source that fails is a panic.
   */
  readonly onError?: (error: Error) => void;
}

/** Where values come from, one at a time. */
export interface Source<T> {
  next(): IteratorResult<T, unknown> | Promise<IteratorResult<T, unknown>>;

  /** Lets the source go before its end, because of `reason`. */
  leave(reason: Error): unknown;
}

/** Sends what `source` has to a new channel, on behalf of the public function `caller`, and closes it at the end. */
export function feed<T>(caller: string, source: () => Source<T>, options: FeedOptions): ReceiveChannel<T> {
  const { ctx = background(), capacity = 0, onError } = options;
  const check = new Check(caller);
  check.isContext("ctx", ctx);
  check.isFunction("onError", onError);
  const channel = new Channel<T>(capacity);
  // Only when all arguments are known to be good may the source be touched.
  const pump = new Pump(source(), channel, ctx, onError);
  go(() => pump.run());
  return channel;
}

class Pump<T> {
  readonly #source: Source<T>;
  readonly #channel: Channel<T>;
  readonly #ctx: Context;
  readonly #onError: ((error: Error) => void) | undefined;
  #isAsking = false;
  #isOver = false;

  constructor(source: Source<T>, channel: Channel<T>, ctx: Context, onError: ((error: Error) => void) | undefined) {
    this.#source = source;
    this.#channel = channel;
    this.#ctx = ctx;
    this.#onError = onError;
  }

  async run(): Promise<void> {
    // A source that is being asked may answer late or never. Nobody waits for it once the context has ended.
    const forget = afterFunc(this.#ctx, () => (this.#isAsking ? this.#leave() : undefined));
    try {
      if (await this.#pump()) this.#end(null);
      else await this.#leave();
    } catch (error) {
      this.#end({ error });
    } finally {
      forget();
    }
  }

  /** Sends until the source is at its end, or until the context is: false. */
  async #pump(): Promise<boolean> {
    while (this.#ctx.err() === undefined) {
      this.#isAsking = true;
      const step = await this.#source.next();
      this.#isAsking = false;
      if (this.#isOver || step.done === true) return true;
      if (!(await this.#send(step.value))) return false;
    }
    return false;
  }

  async #send(value: T): Promise<boolean> {
    if (this.#ctx.err() !== undefined) return false;
    if (this.#channel.trySend(value)) return true;
    const s = await select({ sent: send(this.#channel, value), over: receive(this.#ctx.done()) });
    return s.case === "sent";
  }

  // The channel is closed first: whoever receives shall not wait until the source has tidied up.
  async #leave(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#channel.close();
    try {
      await this.#source.leave(cause(this.#ctx) as Error);
    } catch (error) {
      this.#fail(error);
    }
  }

  // What a source that was left says later is of no interest any more.
  #end(failure: { readonly error: unknown } | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    try {
      if (failure !== null) this.#fail(failure.error);
    } finally {
      this.#channel.close();
    }
  }

  #fail(error: unknown): void {
    if (this.#isEcho(error)) return;
    if (this.#onError === undefined) throw error;
    this.#onError(asError(error));
  }

  // A source that ends because its context did, such as the body of a fetch, fails with the reason or with an AbortError.
  #isEcho(error: unknown): boolean {
    if (this.#ctx.err() === undefined) return false;
    return error === cause(this.#ctx) || (error as Error | undefined)?.name === "AbortError";
  }
}
