// The state by which a select waits for a promise: that of a channel which is closed when the promise settles.
//
// Invariants, whenever no method is on the stack:
//   1. A promise has one state and one reaction, however often it is waited for; neither refers to the promise.
//   2. The state is closed if and only if its outcome is known.

import { resolvedPromise } from "../runtime/scheduler.ts";
import { tryOr } from "../util/inspect.ts";
import { describe } from "../util/validate.ts";
import { ChannelState } from "./channel-state.ts";

/** How a promise has settled. */
type Outcome = { readonly value: unknown } | { readonly reason: unknown };

/** The state of a promise. */
export class PromiseState extends ChannelState<never> {
  #outcome: Outcome | null = null;

  /**
   * Resolves when the outcome of a promise that had settled before is known; null after that. A promise does not show whether it has settled,
   * but the reaction of one that has runs before.
   */
  ready: Promise<void> | null;

  constructor(promise: PromiseLike<unknown>) {
    super(0, "promise");
    this.realm = null;
    Promise.resolve(promise).then(
      (value) => this.#settle({ value }),
      (reason: unknown) => this.#settle({ reason }),
    );
    this.ready = resolvedPromise.then(() => {
      this.ready = null;
    });
  }

  // The promise may be settled from outside of a bubble.
  override get isDurable(): boolean {
    return false;
  }

  override toString(): string {
    return this.closed ? "a promise (settled)" : "a promise";
  }

  /** Returns the value of the promise, which must have settled; throws the reason if it is rejected. */
  result(): unknown {
    const outcome = this.#outcome as Outcome;
    if ("reason" in outcome) throw outcome.reason;
    return outcome.value;
  }

  #settle(outcome: Outcome): void {
    this.#outcome = outcome;
    this.close();
  }
}

const states = new WeakMap<PromiseLike<unknown>, PromiseState>();

/** Returns the state of the argument `promise` of `caller`. From the first call, a rejection of the promise is handled. */
export function promiseStateOf(caller: string, promise: PromiseLike<unknown>): PromiseState {
  if (!isThenable(promise)) {
    throw new TypeError(`${caller}: promise must be a promise, got ${describe(promise)}`);
  }
  let state = states.get(promise);
  if (state === undefined) {
    state = new PromiseState(promise);
    states.set(promise, state);
  }
  return state;
}

function isThenable(value: unknown): boolean {
  return tryOr(
    () => Object(value) === value && typeof (value as Partial<PromiseLike<unknown>>).then === "function",
    () => false,
  );
}
