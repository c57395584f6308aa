// The receiving end of a Broadcast: a channel with an overflow policy, from which only its Broadcast sends.

import { Channel, type ReceiveChannel } from "../channel/channel.ts";
import { ChannelState } from "../channel/channel-state.ts";
import {
  checkName,
  checkOverflow,
  type DropPolicy,
  dropPolicies,
  LossyState,
  overflowAliases,
} from "../channel/lossy-channel.ts";
import { makeDisposable } from "../runtime/defer.ts";
import { Check, checkCount } from "../util/validate.ts";

/** A subscription of a {@link Broadcast}: a channel of the values that were sent since it was made. `using` ends it with its scope. */
export interface Subscription<out T> extends ReceiveChannel<T>, Disposable {
  /** The number of values that were dropped because the buffer was full; 0 with the policy "wait". */
  readonly dropped: number;

  /**
   * Ends the subscription: discards its buffer, and closes it for its receivers. A send that waits for it continues without it. Has no
   * effect on a subscription that has ended.
   */
  readonly unsubscribe: () => void;
}

/** Options of {@link Broadcast.subscribe}. */
export interface SubscribeOptions {
  /**
   * The number of values that the buffer can hold: an integer from 1 to 2^32 - 1. With the policy "wait" it may be 0: a send then waits
   * until this subscription receives the value.
   *
   * @defaultValue 16
   */
  readonly capacity?: number;

  /**
   * The treatment of a value when the buffer is full: "drop-oldest" drops the oldest value of the buffer instead; "drop-newest" drops the
   * value; with "wait", the send waits until there is room. Other subscriptions get the value without delay in all three cases.
   *
   * @defaultValue "drop-oldest"
   */
  readonly overflow?: "wait" | DropPolicy;

  /**
   * The name of the subscription in traces, in snapshots, and in what `console.log` prints.
   *
   * @defaultValue the name of the Broadcast
   */
  readonly name?: string;
}

const check = /* @__PURE__ */ new Check("Broadcast.subscribe");
const aliases = { ...overflowAliases, buffer: "capacity", highWaterMark: "capacity" };
const policies = ["wait", ...dropPolicies];

/** Returns the state of a new subscription. */
export function subscriptionState<T>(options: SubscribeOptions, broadcastName: string): ChannelState<T> {
  check.options(options, ["capacity", "overflow", "name"], aliases);
  const { capacity = 16, overflow = "drop-oldest", name = broadcastName } = options;
  checkOverflow(check, overflow, policies);
  checkName(check, name);
  checkCount(check, "capacity", overflow === "wait" ? 0 : 1, capacity, 0xffff_ffff);
  return overflow === "wait" ? new ChannelState<T>(capacity, name) : new LossyState<T>(capacity, name, overflow);
}

/** A subscription. Its sending end is not part of its type. */
export class SubscriptionChannel<in out T> extends Channel<T> implements Subscription<T> {
  declare readonly [Symbol.dispose]: () => void;
  readonly #state: ChannelState<T>;
  readonly #subscriptions: Set<ChannelState<T>>;

  static {
    makeDisposable(this.prototype, (subscription) => subscription.unsubscribe());
  }

  constructor(state: ChannelState<T>, subscriptions: Set<ChannelState<T>>) {
    super(state.capacity, undefined, state);
    this.#state = state;
    this.#subscriptions = subscriptions;
  }

  get dropped(): number {
    return this.#state instanceof LossyState ? this.#state.dropped : 0;
  }

  unsubscribe(): void {
    const { senders, buffer, closed } = this.#state;
    this.#subscriptions.delete(this.#state);
    while (buffer.length > 0) buffer.shift();
    senders.drain((sender) => {
      sender.ok = true;
      sender.wake(sender as never);
    });
    if (!closed) this.#state.close();
  }

  /** The state of the subscription, such as `Subscription(prices) 4/16, 2 dropped`. */
  override toString(): string {
    return super.toString().replace(/^(Lossy)?Channel/, "Subscription");
  }
}
