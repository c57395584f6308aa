// A send that waits for subscriptions without room. It has one waiter in the queue of each.
//
// Invariants, whenever no method is on the stack:
//   1. Of each subscription, the waiters are in the order of the sends.
//   2. While a send waits, it has at least one waiter in a queue; when it has ended, it has none, and no listener.

import type { ChannelState } from "../channel/channel-state.ts";
import { type CancelableWait, type Cancellation, reasonOf } from "../runtime/cancellation.ts";
import type { CaseInfo } from "../runtime/hooks.ts";
import { PanicError } from "../runtime/panic.ts";
import { park, WaitReason } from "../runtime/wait-reasons.ts";
import { Deferred, Waiter } from "../runtime/waiter.ts";

// Go has no broadcast.
const broadcastSend = /* @__PURE__ */ new WaitReason("broadcast send");

/** The waiter of a send in the queue of one subscription. */
class Delivery<T> extends Waiter<T> {
  readonly state: ChannelState<T>;
  readonly send: PendingSend<T>;

  constructor(send: PendingSend<T>, state: ChannelState<T>, value: T) {
    super(onDelivered, value);
    this.state = state;
    this.send = send;
  }

  override get parkedOperation(): object {
    return this.send;
  }
}

function onDelivered<T>(delivery: Delivery<T>, mayDefer?: boolean): void {
  delivery.send.onDelivered(delivery.ok, mayDefer);
}

/** A send that waits. */
export class PendingSend<T> extends Deferred<void> implements CancelableWait {
  readonly #deliveries: Delivery<T>[] = [];
  #remaining = 0;
  #cancellation: Cancellation | null = null;

  /** Queues `value` in a subscription that has no room for it. */
  queueIn(state: ChannelState<T>, value: T): void {
    const delivery = new Delivery<T>(this, state, value);
    state.senders.push(delivery);
    this.#deliveries.push(delivery);
    this.#remaining++;
  }

  /** Records that the send waits, after all calls of {@link PendingSend.queueIn}. */
  park(): void {
    park(
      this,
      broadcastSend,
      this.#deliveries.every(({ state }) => state.isDurable),
      this,
    );
  }

  /** Makes the send reject when `cancellation` occurs. */
  cancelBy(cancellation: Cancellation): void {
    this.#cancellation = cancellation;
    cancellation.watch(this);
  }

  cancel(): void {
    this.#fail(reasonOf(this.#cancellation as Cancellation));
  }

  /** Called when a subscription has taken the value or was ended by its subscriber, or with `ok` false if the Broadcast was closed. */
  onDelivered(ok: boolean, mayDefer: boolean | undefined): void {
    if (!ok) {
      this.#fail(new PanicError("send on closed Broadcast"));
    } else if (--this.#remaining === 0) {
      this.#cancellation?.unwatch();
      this.resume(broadcastSend, undefined, mayDefer);
    }
  }

  /** Removes the waiters from their queues: these subscriptions will not get the value. */
  leaveQueues(): void {
    for (const delivery of this.#waiting) delivery.queue?.remove(delivery);
  }

  /** The subscriptions that have not taken the value, as a listener of the hooks needs to know them. */
  get cases(): readonly CaseInfo[] {
    return this.#waiting.map(({ state }) => ({ name: state.name, isSend: true, state }));
  }

  /** The subscriptions that have not taken the value, as a report shows them. */
  override toString(): string {
    return this.#waiting.map(({ state }) => String(state)).join(", ");
  }

  get #waiting(): Delivery<T>[] {
    return this.#deliveries.filter(({ queue }) => queue !== null);
  }

  #fail(error: Error): void {
    this.leaveQueues();
    this.#cancellation?.unwatch();
    this.resumeWithError(broadcastSend, error);
  }
}
