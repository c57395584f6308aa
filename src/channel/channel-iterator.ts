// `for await` over a channel.

import type { CancelableWait, Cancellation } from "../runtime/cancellation.ts";
import { resolvedWith } from "../runtime/scheduler.ts";
import { chanReceive, park } from "../runtime/wait-reasons.ts";
import { ParkedOperation } from "../runtime/waiter.ts";
import { RingBuffer } from "../util/ring-buffer.ts";
import type { ChannelState } from "./channel-state.ts";

type Step<T> = IteratorResult<T, undefined>;

/**
 * An iterator over the values of a channel. It is not declared as an `AsyncIterableIterator<T, undefined>`: before TypeScript 5.6 that type
 * has one type parameter, and a loop over the channel would be untyped.
 */
export interface ChannelIterator<out T> {
  /** Receives the next value. */
  next(): Promise<IteratorResult<T, undefined>>;

  /** Ends the iteration. The channel stays open. */
  return(): Promise<IteratorResult<T, undefined>>;
  [Symbol.asyncIterator](): ChannelIterator<T>;
}

/**
 * Receives one value a step, and never reads ahead: a loop that is left has taken only the values that it yielded. `return` ends the
 * iteration and not the channel; steps that wait leave the queue of the channel and end too.
 */
export class RangeIterator<T> implements ChannelIterator<T> {
  readonly #state: ChannelState<T>;

  // The steps that wait, in the order of the channel's queue: the one that is served is the first.
  readonly #pendingReads = new RingBuffer<ParkedOperation<T, Step<T>>>();
  #isOver = false;
  readonly #cancellation: Cancellation | null;

  /** Watched for while a step waits; null without a cancellation. */
  readonly #wait: CancelableWait | null;

  constructor(state: ChannelState<T>, cancellation: Cancellation | null) {
    this.#state = state;
    this.#cancellation = cancellation;
    this.#wait = cancellation === null ? null : { cancel: () => this.#end() };
  }

  next(): Promise<Step<T>> {
    const state = this.#state;
    if (this.#isOver || this.#cancellation?.isCanceled === true) return resolvedWith(doneResult());
    if (state.canReceive) return resolvedWith({ value: state.receiveNow(), done: false });
    if (state.closed) return resolvedWith(doneResult());
    const waiter = new ParkedOperation<T, Step<T>>(this.#onServed);
    const isFirst = this.#pendingReads.length === 0;
    this.#pendingReads.push(waiter);
    state.pushReceiver(waiter);
    park(waiter, chanReceive, state.isDurable, state);
    if (isFirst && this.#cancellation !== null) this.#cancellation.watch(this.#wait as CancelableWait);
    return waiter.promise;
  }

  return(): Promise<Step<T>> {
    this.#end();
    return resolvedWith(doneResult());
  }

  #end(): void {
    this.#isOver = true;
    for (let waiter = this.#pendingReads.first; waiter !== undefined; waiter = this.#pendingReads.first) {
      this.#state.removeWaiter(waiter);
      this.#onServed(waiter);
    }
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  readonly #onServed = (waiter: ParkedOperation<T, Step<T>>, mayDefer?: boolean): void => {
    this.#pendingReads.shift();
    if (this.#cancellation !== null && this.#pendingReads.length === 0) this.#cancellation.unwatch();
    waiter.resume(chanReceive, waiter.ok ? { value: waiter.value as T, done: false } : doneResult(), mayDefer);
  };
}

function doneResult(): { value: undefined; done: true } {
  return { value: undefined, done: true };
}
