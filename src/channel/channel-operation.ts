// A single operation on a channel, or on the state of a promise, that a cancellation can end.

import { CancelableOperation } from "../runtime/cancelable-wait.ts";
import type { Cancellation } from "../runtime/cancellation.ts";
import { park, type WaitReason } from "../runtime/wait-reasons.ts";
import type { WakeFn } from "../runtime/waiter.ts";
import type { ChannelState } from "./channel-state.ts";

/** An operation in a queue of a channel. */
export class ChannelOperation<T, R> extends CancelableOperation<T, R> {
  readonly state: ChannelState<T>;

  constructor(state: ChannelState<T>, wake: WakeFn<CancelableOperation<T, R>>, reason: WaitReason, value?: T) {
    super(wake, reason, value);
    this.state = state;
  }

  /** Parks the operation, which is in its queue, until it is served or `cancellation` occurs. Returns its promise. */
  park(cancellation: Cancellation | null): Promise<R> {
    park(this, this.reason, this.state.isDurable, this.state);
    return this.cancelBy(cancellation);
  }

  protected override leave(): void {
    this.state.removeWaiter(this);
  }
}
