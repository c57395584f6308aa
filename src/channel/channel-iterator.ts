// `for await` over a channel.

import { chanReceive } from "../runtime/wait-reasons.ts";
import { park, unpark } from "../runtime/parking.ts";
import { pass, passedWith } from "../runtime/scheduler.ts";
import { Ring } from "../util/ring-buffer.ts";
import { Parked } from "../runtime/waiter.ts";
import type { Core } from "./channel-state.ts";

type Step<T> = IteratorResult<T, undefined>;

/**
 * An iterator over the values of a channel. `AsyncIterableIterator<T, undefined>` would say the same, but has one type parameter before
 * TypeScript 5.6, where a loop over the channel would be untyped.
 */
export interface ChannelIterator<out T> {
  next(): Promise<IteratorResult<T, undefined>>;
  return(): Promise<IteratorResult<T, undefined>>;
  [Symbol.asyncIterator](): ChannelIterator<T>;
}

/**
 * Receives one value a step. It never reads ahead: a loop that is left has taken what it was given and nothing more.
 * `return` ends the iteration and not the channel; steps that still wait leave the queue of the channel and end too.
 */
export class Range<T> implements ChannelIterator<T> {
  readonly #core: Core<T>;

  // Its steps that wait, in the order of the channel's queue: so the one that is served is the first.
  readonly #parked = new Ring<Parked<T, Step<T>>>();
  #left = false;

  constructor(core: Core<T>) {
    this.#core = core;
  }

  next(): Promise<Step<T>> {
    const core = this.#core;
    if (this.#left) return passedWith(end());
    if (core.holds) return passedWith({ value: core.take(), done: false });
    if (core.closed) return passedWith(end());
    const waiter = new Parked<T, Step<T>>(this.#served);
    this.#parked.push(waiter);
    core.awaitedBy(waiter);
    park(waiter, chanReceive, core.isLocal, core);
    return waiter.promise;
  }

  return(): Promise<Step<T>> {
    this.#left = true;
    for (let waiter = this.#parked.first; waiter !== undefined; waiter = this.#parked.first) {
      this.#core.abandon(waiter);
      this.#served(waiter);
    }
    return passedWith(end());
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  readonly #served = (waiter: Parked<T, Step<T>>, isPatient?: boolean): void => {
    this.#parked.shift();
    unpark(waiter, chanReceive);
    const step: Step<T> = waiter.ok ? { value: waiter.value as T, done: false } : end();
    pass(waiter.answer, step, waiter.world, isPatient);
  };
}

function end(): { value: undefined; done: true } {
  return { value: undefined, done: true };
}
