// One sender side, many subscribers, each with a buffer and an overflow policy of its own.
//
// Invariants, whenever no method is on the stack:
//   1. The set has the subscriptions that are open, in the order in which they were made.
//   2. Each subscription gets the values in the order of the sends: one that it has no room for is queued in it as a waiting sender.
//   3. If the Broadcast is closed, the set is empty, and no send waits.

import type { ChannelState } from "../channel/channel-state.ts";
import { checkName } from "../channel/lossy-channel.ts";
import { cancellationOf, type WaitOptions, waitOptionNames } from "../runtime/cancellation.ts";
import { PanicError } from "../runtime/panic.ts";
import { rejected, resolved } from "../runtime/scheduler.ts";
import { escapeControlChars, Printable, waitingSuffix } from "../util/inspect.ts";
import { RingBuffer } from "../util/ring-buffer.ts";
import { Check, checkCount } from "../util/validate.ts";
import { PendingSend } from "./pending-send.ts";
import { type SubscribeOptions, type Subscription, SubscriptionChannel, subscriptionState } from "./subscription.ts";

/** Options of a {@link Broadcast}. */
export interface BroadcastOptions {
  /**
   * How many of the last values a new subscription gets first, as far as its buffer has room; without room for all, the newest. 1 makes
   * the Broadcast a value that changes, which each subscription begins with.
   *
   * @defaultValue 0
   */
  readonly replay?: number;

  /**
   * The name of the Broadcast in what `console.log` prints, and the default of the names of its subscriptions.
   *
   * @defaultValue none
   */
  readonly name?: string;
}

const check = /* @__PURE__ */ new Check("Broadcast");
const sendCheck = /* @__PURE__ */ new Check("Broadcast.send");

/**
 * Sends each value to all subscriptions. Each has its own buffer and its own policy for a full one, so that a slow subscriber delays neither
 * the sender nor other subscribers, unless its policy is "wait". Values are received in the order of their sends, and not copied.
 *
 * Closed: subscribers receive what is in their buffers, and then end.
 *
 * @see [tokio::sync::broadcast](https://docs.rs/tokio/latest/tokio/sync/broadcast/) and `watch`, which are "drop-oldest", and Kotlin's
 * [SharedFlow](https://kotlinlang.org/api/kotlinx.coroutines/kotlinx-coroutines-core/kotlinx.coroutines.flow/-shared-flow/), whose
 * emitters wait. In Go, a broadcast is a channel for each subscriber, and a lock.
 *
 * @example
 * const prices = new Broadcast<number>();
 * go(async () => {
 *   using latest = prices.subscribe({ capacity: 1 });
 *   for await (const price of latest) console.log("latest", price);
 * });
 * go(async () => {
 *   using all = prices.subscribe({ overflow: "wait" });
 *   for await (const price of all) console.log("all", price);
 * });
 * await gosched(); // the goroutines subscribe before the first send
 * for (const price of [101, 102, 103]) await prices.send(price);
 * prices.close();
 */
export class Broadcast<in out T> extends Printable {
  readonly #name: string;
  readonly #replay: number;
  readonly #lastValues = new RingBuffer<T>();
  readonly #subscriptions = new Set<ChannelState<T>>();
  #isClosed = false;

  /**
   * Makes a Broadcast without subscriptions.
   *
   * @throws {RangeError} for a `replay` that is not an integer from 0 to 2^32 - 1.
   * @throws {TypeError} for an unknown option, or a name that is not a string.
   */
  constructor(options: BroadcastOptions = {}) {
    super();
    check.options(options, ["replay", "name"]);
    const { replay = 0, name = "" } = options;
    checkName(check, name);
    this.#replay = checkCount(check, "replay", 0, replay, 0xffff_ffff);
    this.#name = name;
  }

  /** The number of subscriptions that have not ended. */
  get subscriptionCount(): number {
    return this.#subscriptions.size;
  }

  /**
   * Sends `value` to all subscriptions. Those that have room, a receiver that waits, or a policy that drops get it at once. The send then
   * waits until each of the others has taken it or has ended. Without subscriptions it does not wait. A send need not be awaited before the
   * next one: each subscription gets the values in the order of the calls.
   *
   * Cancellation: rejects with `ctx.err()` or with the reason of `signal`. If the cancellation was before the call, no subscription gets
   * the value. If the send waits, those that had room have the value, and those that it waits for do not get it.
   *
   * @throws {PanicError} (rejects) if the Broadcast is closed, or is closed while waiting; those that the send waits for do not get the value.
   * @throws {TypeError} (rejects) for options that are unknown or of a wrong type.
   */
  send(value: T, options?: WaitOptions): Promise<void> {
    if (options !== undefined) return this.#sendCancelably(value, options);
    if (this.#isClosed) return rejected(sendOnClosed());
    const pending = this.#deliver(value);
    return pending === null ? resolved() : pending.promise;
  }

  /**
   * Sends `value` to all subscriptions if that is possible without waiting; returns false, and sends it to none, if a subscription with the
   * policy "wait" has no room. A subscription that drops it or another value counts that in its `dropped`; the result is then true.
   *
   * @throws {PanicError} if the Broadcast is closed.
   */
  trySend(value: T): boolean {
    if (this.#isClosed) throw sendOnClosed();
    for (const state of this.#subscriptions) if (!state.canSend) return false;
    this.#deliver(value);
    return true;
  }

  /**
   * Returns a new subscription. It gets the values that are sent from now on and, with `replay`, the last ones before.
   *
   * It is part of the Broadcast until it ends: by `using`, by `unsubscribe`, or by the end of the Broadcast. A loop that is left does not
   * end it.
   *
   * Closed: returns a subscription that ends after the values of `replay`.
   *
   * @throws {RangeError} for a capacity out of range; {TypeError} for an unknown option, or one of a wrong type.
   */
  subscribe(options: SubscribeOptions = {}): Subscription<T> {
    const state = subscriptionState<T>(options, this.#name);
    this.#replayTo(state);
    if (this.#isClosed) state.close();
    else this.#subscriptions.add(state);
    return new SubscriptionChannel<T>(state, this.#subscriptions);
  }

  /**
   * Closes the Broadcast: no more values will be sent. Each subscription ends after the values in its buffer. A send that waits panics.
   *
   * @throws {PanicError} if the Broadcast is closed already.
   */
  close(): void {
    if (this.#isClosed) throw new PanicError("close of closed Broadcast");
    this.#isClosed = true;
    const subscriptions = [...this.#subscriptions];
    this.#subscriptions.clear();
    for (const state of subscriptions) state.close();
  }

  /** The state of the Broadcast, such as `Broadcast(prices) to 3 subscriptions, 1 waiting`: the number of sends that wait. */
  override toString(): string {
    const name = this.#name === "" ? "" : `(${escapeControlChars(this.#name)})`;
    if (this.#isClosed) return `Broadcast${name} closed`;
    const { size } = this.#subscriptions;
    return `Broadcast${name} to ${size} subscription${size === 1 ? "" : "s"}${waitingSuffix(this.#pendingSends().size)}`;
  }

  // Kept separate: a function that contains a closure allocates a context on every call, including the fast path.
  #sendCancelably(value: T, options: WaitOptions): Promise<void> {
    try {
      sendCheck.options(options, waitOptionNames);
      const cancellation = cancellationOf(sendCheck, options);
      const reason = cancellation?.reason;
      if (reason !== undefined) return rejected(reason);
      if (this.#isClosed) return rejected(sendOnClosed());
      const pending = this.#deliver(value);
      if (pending === null) return resolved();
      if (cancellation !== null) pending.cancelBy(cancellation);
      return pending.promise;
    } catch (error) {
      return rejected(error);
    }
  }

  /** Delivers `value` to all subscriptions that have room for it. Returns the parked send if there are others; null otherwise. */
  #deliver(value: T): PendingSend<T> | null {
    if (this.#replay > 0) {
      if (this.#lastValues.length === this.#replay) this.#lastValues.shift();
      this.#lastValues.push(value);
    }
    let pending: PendingSend<T> | null = null;
    for (const state of this.#subscriptions) {
      if (!state.sendNow(value)) (pending ??= new PendingSend<T>()).queueIn(state, value);
    }
    pending?.park();
    return pending;
  }

  #pendingSends(): Set<object> {
    const sends = new Set<object>();
    for (const { senders } of this.#subscriptions) {
      for (let waiter = senders.first; waiter !== null; waiter = waiter.next) sends.add(waiter.parkedOperation);
    }
    return sends;
  }

  #replayTo(state: ChannelState<T>): void {
    const values = this.#lastValues;
    for (let left = values.length; left > 0; left--) {
      const value = values.shift();
      values.push(value);
      if (left <= state.capacity) state.sendNow(value);
    }
  }
}

function sendOnClosed(): PanicError {
  return new PanicError("send on closed Broadcast");
}
