// The invariants at the top of src/channel/channel-state.ts, asserted on a real core.

import type { ChannelState } from "../../src/channel/channel-state.ts";
import type { WaitQueue } from "../../src/util/wait-queue.ts";
import type { Waiter } from "../../src/runtime/waiter.ts";

/**
 * Checks that all invariants of `core` hold, and those of its lines. To be called whenever no method is on the stack.
 *
 * Errors: throws an `Error` that has the number and the words of each that does not hold.
 */
export function assertInvariants<T>(core: ChannelState<T>): void {
  const { buffer, capacity, closed } = core;
  const senders = partiesOf(core.senders);
  const receivers = partiesOf(core.receivers);
  const broken: string[] = [];
  const check = (holds: boolean, invariant: string): void => {
    if (!holds) broken.push(invariant);
  };

  check(
    noneOrOneSelect(senders, receivers),
    "1: senders or receivers is empty, unless one single select stands in both",
  );
  check(buffer.length === 0 || receivers.length === 0, "2: while a value is in the buffer, nobody stands in receivers");
  check(buffer.length === capacity || senders.length === 0, "3: while there is room, nobody stands in senders");
  check(!closed || (senders.length === 0 && receivers.length === 0), "4: a closed channel has nobody in either line");
  check(buffer.length <= capacity, "5: the buffer holds at most capacity values");
  if (broken.length > 0) throw new Error(`core of capacity ${capacity}: broken is ${broken.join("; ")}`);
}

/**
 * Who stands in `line`, the first first: a `Parked`, or the select, once for each of its cases.
 *
 * Errors: throws an `Error` if the links of the line are not whole.
 */
export function partiesOf<T>(line: WaitQueue<Waiter<T>>): object[] {
  const parties: object[] = [];
  let ahead = line.last;
  for (let waiter = line.first; waiter !== null; waiter = waiter.next) {
    if (waiter.queue !== line || waiter.prev !== ahead) throw new Error("a waiter does not know its place in the line");
    parties.push((waiter as Waiter<T> & { selection?: object | null }).selection ?? waiter);
    ahead = waiter;
  }
  if (line.last !== ahead) throw new Error("the line does not end with its last");
  return parties;
}

function noneOrOneSelect(senders: readonly object[], receivers: readonly object[]): boolean {
  return senders.length === 0 || receivers.length === 0 || new Set([...senders, ...receivers]).size === 1;
}
