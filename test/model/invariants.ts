// The invariants at the top of src/channel/channel-state.ts, checked on a real channel state.

import type { ChannelState } from "../../src/channel/channel-state.ts";
import type { WaitQueue } from "../../src/util/wait-queue.ts";
import type { Waiter } from "../../src/runtime/waiter.ts";

/**
 * Checks that all invariants of `state` and of its queues hold. To be called whenever no method is on the stack.
 *
 * @throws {Error} with the number and text of each invariant that does not hold
 */
export function assertInvariants<T>(state: ChannelState<T>): void {
  const { buffer, capacity, closed } = state;
  const senders = waitersOf(state.senders);
  const receivers = waitersOf(state.receivers);
  const broken: string[] = [];
  const check = (holds: boolean, invariant: string): void => {
    if (!holds) broken.push(invariant);
  };

  check(isExclusive(senders, receivers), "1: senders or receivers is empty, unless one select is queued in both");
  check(buffer.length === 0 || receivers.length === 0, "2: if the buffer holds a value, no receiver is queued");
  check(buffer.length === capacity || senders.length === 0, "3: if the buffer has room, no sender is queued");
  check(!closed || (senders.length === 0 && receivers.length === 0), "4: a closed channel has no waiters");
  check(buffer.length <= capacity, "5: the buffer holds at most capacity values");
  if (broken.length > 0) throw new Error(`channel of capacity ${capacity} breaks invariant ${broken.join("; ")}`);
}

/**
 * The waiters of `queue`, in order: a parked operation, or a select, once for each of its cases.
 *
 * @throws {Error} if the links of the queue are inconsistent
 */
export function waitersOf<T>(queue: WaitQueue<Waiter<T>>): object[] {
  const waiters: object[] = [];
  let previous = queue.last;
  for (let waiter = queue.first; waiter !== null; waiter = waiter.next) {
    if (waiter.queue !== queue || waiter.prev !== previous) throw new Error("a waiter has wrong links");
    waiters.push((waiter as Waiter<T> & { pendingSelect?: object | null }).pendingSelect ?? waiter);
    previous = waiter;
  }
  if (queue.last !== previous) throw new Error("the queue does not end with its last waiter");
  return waiters;
}

function isExclusive(senders: readonly object[], receivers: readonly object[]): boolean {
  return senders.length === 0 || receivers.length === 0 || new Set([...senders, ...receivers]).size === 1;
}
