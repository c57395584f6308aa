// Why operations wait, in Go's words, and how many wait for each reason. Each operation that cannot finish at once calls `park`, and
// `unpark` when it resumes. By default only the counts are kept: a list of the waiters would keep unreachable ones in memory.

import { type BlockReason, hooks, type WaitTarget } from "./hooks.ts";

/** A reason to wait. */
export class WaitReason {
  /** The number of operations that wait for this reason now. */
  waiting = 0;
  readonly name: string;

  constructor(name: string) {
    this.name = name;
    waitReasons.push(this);
  }
}

/** All reasons, in the order in which reports list them. */
export const waitReasons: WaitReason[] = [];

// The names are those of waitReasonStrings in Go's runtime2.go.
export const chanSend: WaitReason = /* @__PURE__ */ new WaitReason("chan send");
export const chanReceive: WaitReason = /* @__PURE__ */ new WaitReason("chan receive");
export const chanSendNil: WaitReason = /* @__PURE__ */ new WaitReason("chan send (nil chan)");
export const chanReceiveNil: WaitReason = /* @__PURE__ */ new WaitReason("chan receive (nil chan)");
export const waitSelect: WaitReason = /* @__PURE__ */ new WaitReason("select");
export const waitSelectNoCases: WaitReason = /* @__PURE__ */ new WaitReason("select (no cases)");
export const waitGroupWait: WaitReason = /* @__PURE__ */ new WaitReason("sync.WaitGroup.Wait");
export const waitSleep: WaitReason = /* @__PURE__ */ new WaitReason("sleep");
export const mutexLock: WaitReason = /* @__PURE__ */ new WaitReason("sync.Mutex.Lock");
export const rwMutexRLock: WaitReason = /* @__PURE__ */ new WaitReason("sync.RWMutex.RLock");
export const rwMutexLock: WaitReason = /* @__PURE__ */ new WaitReason("sync.RWMutex.Lock");
export const condWait: WaitReason = /* @__PURE__ */ new WaitReason("sync.Cond.Wait");

// Go implements its semaphore with a select and reports "select".
export const semAcquire: WaitReason = /* @__PURE__ */ new WaitReason("semaphore acquire");

// A promise that is not the library's: a case of a select, or `waitFor`. Go has none.
export const awaitPromise: WaitReason = /* @__PURE__ */ new WaitReason("await");

// Limits have no counterpart in Go.
export const limitTask: WaitReason = /* @__PURE__ */ new WaitReason("limit");
export const limitIdle: WaitReason = /* @__PURE__ */ new WaitReason("limit idle");

// The pool has no counterpart in Go.
export const poolSubmit: WaitReason = /* @__PURE__ */ new WaitReason("pool submit");
export const poolResult: WaitReason = /* @__PURE__ */ new WaitReason("pool result");
export const poolIdle: WaitReason = /* @__PURE__ */ new WaitReason("pool idle");
export const poolStop: WaitReason = /* @__PURE__ */ new WaitReason("pool stop");
export const poolRun: WaitReason = /* @__PURE__ */ new WaitReason("pool run");
export const poolSource: WaitReason = /* @__PURE__ */ new WaitReason("pool source");

/**
 * Records that an operation waits.
 *
 * @param waiter - the object that stands for the operation until `unpark`
 * @param isDurable - whether only code of the same realm can wake it
 * @param target - what it waits for, such as the state of a channel
 */
export function park(
  waiter: object,
  reason: BlockReason,
  isDurable: boolean = true,
  target: WaitTarget | null = null,
): void {
  reason.waiting++;
  if (hooks !== null) hooks.block(waiter, reason, isDurable, target);
}

/** Records that an operation no longer waits. */
export function unpark(waiter: object, reason: BlockReason): void {
  reason.waiting--;
  if (hooks !== null) hooks.unblock(waiter);
}
