// Fairness. JavaScript runs all promise continuations before it checks a timer or a socket again, so two goroutines that exchange values
// would delay every timeout of the process forever. Therefore every promise of the library is resolved here: at once while the time
// slice lasts, and on the next turn of the event loop when the slice is used up.
//
// A slice begins with the first operation after a turn of the event loop, or with the turn itself if operations were deferred until it,
// and ends with the next turn. It schedules that turn when it begins, so that idle time does not count: an operation after a pause finds
// that the slice has ended, and begins another.
//
// Invariants:
//   1. While yielding, all resolutions are queued in `deferredResolutions`, in the order in which they came; so their order is kept.
//   2. While yielding, the next turn of the event loop is scheduled; it ends the yield and resolves all that was deferred.
//   3. A deferred wake-up is delivered after at most 16 rounds of the microtask queue, and is then subject to the slice like any other.
//   4. A slice that has begun has scheduled the next turn. The process stays alive for that turn only if something waits for it.
//
// This covers both the operations that complete at once and the wake-ups of parked ones: otherwise two goroutines that call `trySend`
// and await `receive` would starve the timers. No user code runs in here.
//
// Inside a test bubble, promises are resolved by the bubble. While a bubble is open, every operation looks up its realm; otherwise the
// lookup costs nothing.

import { nextTurn, type Turn } from "./macrotask.ts";
import { currentRealm, type Realm, realmLookup, setRealmLookup } from "./realm.ts";

/** How long goroutines may run, in milliseconds, before timers and I/O get a turn. */
const sliceMs = 4;

/** The largest number of operations between two readings of the clock. A reading costs as much as an await. */
const maxOpsPerCheck = 32;

/**
 * How many readings in succession may return the same time. A clock that stands still must not make a slice endless: fake timers stop it,
 * and some hosts stop it between two inputs. 256 readings are 8,192 operations, which take a millisecond or more.
 */
const maxChecksAtSameTime = 256;

/** By how many rounds of the microtask queue a wake-up may be deferred. */
const maxDeferRounds = 16;

interface Performance {
  now(): number;
  /** Node's count of the turns of its event loop. */
  readonly nodeTiming?: { readonly uvMetricsInfo?: { readonly loopCount: number } };
}

const host = globalThis as unknown as { performance?: Performance };

// The host's function at import, because a fake that replaces it later may stand still. If it is a fake itself, it is replaced after
// `maxChecksAtSameTime` readings.
let now = /* @__PURE__ */ hostTime();

let isYielding = false;
let scheduledTurn: Turn | null = null;
let sliceHasBegun = false;
let sliceStart = 0;
let turnsBefore: number | undefined;
let lastCheckAt = 0;
let checksAtSameTime = 0;
let opsPerCheck = 1;

/** How many operations may complete before the clock is read. */
let budget = 0;

let deferredWakes: unknown[] = [];
let deferRounds = 0;
let budgetAtLastRound = 0;

let deferredResolutions: unknown[] = [];
let turnTasks: (() => void)[] = [];

type ResolveFn<R> = (result: R) => void;

/**
 * Resolves the promise of a parked operation: calls `resolve(result)` now, or on the next turn. `resolve` must only settle a promise.
 *
 * With `mayDefer`, a buffer lets the waking goroutine continue without the woken one: the wake-up is delivered once no other goroutine
 * makes progress, or after 16 rounds. Without this, sender and receiver would alternate and park on every value.
 *
 * @param realm - the realm of the operation
 */
export function resolveFairly<R>(resolve: ResolveFn<R>, result: R, realm?: Realm, mayDefer: boolean = false): void {
  if (realm !== undefined) realm.schedule(resolve, result);
  else if (mayDefer && !isYielding) deferWake(resolve, result);
  else resolveInSlice(resolve, result);
}

function resolveInSlice<R>(resolve: ResolveFn<R>, result: R): void {
  if (--budget > 0 || refillBudget()) resolve(result);
  else deferredResolutions.push(resolve, result);
}

function deferWake<R>(resolve: ResolveFn<R>, result: R): void {
  if (deferredWakes.push(resolve, result) > 2) return;
  deferRounds = 0;
  budgetAtLastRound = budget;
  void resolvedPromise.then(flushDeferredWakes);
}

// Whether a goroutine has made progress since the last round shows in the budget, from which every operation takes.
function flushDeferredWakes(): void {
  if (budget !== budgetAtLastRound && !isYielding && ++deferRounds < maxDeferRounds) {
    budgetAtLastRound = budget;
    void resolvedPromise.then(flushDeferredWakes);
    return;
  }
  const wakes = deferredWakes;
  deferredWakes = [];
  for (let i = 0; i < wakes.length; i += 2) resolveInSlice(wakes[i] as ResolveFn<unknown>, wakes[i + 1]);
}

/** Rejects the promise of a parked operation, now or on the next turn. */
export function rejectFairly(resolve: ResolveFn<never>, error: Error, realm?: Realm): void {
  resolveFairly((reason: Error) => resolve(Promise.reject(reason) as never), error, realm);
}

/** The result of {@link resolved} while the slice lasts. */
export const resolvedPromise: Promise<void> = /* @__PURE__ */ Promise.resolve();

/** Returns the promise of an operation that has completed at once without a result. */
export function resolved(): Promise<void> {
  return hasBudget() ? resolvedPromise : deferUntilYield(undefined);
}

/** Returns a promise to await if the slice is used up; null if it lasts. */
export function yieldIfDue(): Promise<void> | null {
  return hasBudget() ? null : deferUntilYield(undefined);
}

/** Returns the promise of an operation that has completed at once with `result`, which must be an object made by the library. */
export function resolvedWith<R extends object>(result: R): Promise<R> {
  return hasBudget() ? Promise.resolve(result) : deferUntilYield(result);
}

/** Returns the promise of an operation that has failed at once: a loop that handles its errors must not starve timers either. */
export function rejected(error: unknown): Promise<never> {
  return hasBudget() ? Promise.reject(error) : new Promise((_, reject) => enqueueDeferred(reject, error));
}

/** Returns the outcome of `promise` as the promise of a public function, which is fair however fast `promise` settles. */
export async function fairly<R>(promise: Promise<R>): Promise<R> {
  try {
    return await promise;
  } finally {
    await resolved();
  }
}

/** Resolves on the next turn of the event loop, after all runnable goroutines, and after timers and I/O. */
export function nextMacrotask(): Promise<void> {
  const realm = currentRealm();
  if (realm !== undefined) return new Promise((resolve) => realm.schedule(resolve, undefined));
  scheduleTurn();
  return new Promise((resolve) => turnTasks.push(resolve));
}

/** Calls `task`, which must not throw, on the next turn of the event loop. The process does not stay alive for it. */
export function onNextTurn(task: () => void): void {
  turnTasks.push(task);
  if (scheduledTurn === null) scheduleIdleTurn();
}

/** Starts to look up the realm of each operation with `lookup`; with null, stops that. */
export function enableRealms(lookup: (() => Realm | undefined) | null): void {
  setRealmLookup(lookup);
  budget = 0;
}

// Kept separate: a function that contains a closure allocates a context on every call, including the fast path.
function deferUntilYield<R>(result: R): Promise<R> {
  return new Promise((resolve) => enqueueDeferred(resolve, result));
}

function enqueueDeferred<R>(resolve: ResolveFn<R>, result: R): void {
  const realm = currentRealm();
  if (realm === undefined) deferredResolutions.push(resolve, result);
  else realm.schedule(resolve, result);
}

function hasBudget(): boolean {
  return --budget > 0 || (currentRealm() === undefined && refillBudget());
}

// Reads the clock, and adapts the number of operations until the next reading: they should take about a sixteenth of a slice.
function refillBudget(): boolean {
  if (isYielding) return false;
  const time = now();
  if (!sliceHasBegun) return beginSlice(time);
  const elapsed = time - lastCheckAt;
  lastCheckAt = time;
  if (elapsed < sliceMs / 16) opsPerCheck = Math.min(opsPerCheck * 2, maxOpsPerCheck);
  else if (elapsed > sliceMs / 4) opsPerCheck = 1;
  if (elapsed > 0) {
    checksAtSameTime = 0;
    if (time - sliceStart >= sliceMs) return hasLoopTurned() ? beginSlice(time) : startYield();
  } else {
    sliceStart += elapsed;
    if (++checksAtSameTime === maxChecksAtSameTime) {
      now = hostTime();
      return startYield();
    }
  }
  budget = realmLookup === null ? opsPerCheck : 0;
  return true;
}

function beginSlice(time: number): true {
  sliceHasBegun = true;
  sliceStart = lastCheckAt = time;
  turnsBefore = hostTurns();
  checksAtSameTime = 0;
  opsPerCheck = 1;
  budget = realmLookup === null ? opsPerCheck : 0;
  if (scheduledTurn === null) scheduleIdleTurn();
  return true;
}

function scheduleIdleTurn(): void {
  scheduledTurn = nextTurn(endYield);
  scheduledTurn.unref?.();
}

// The scheduled turn may be late: Node runs immediates only after the I/O for which it has waited.
function hasLoopTurned(): boolean {
  return hostTurns() !== turnsBefore;
}

function startYield(): false {
  isYielding = true;
  budget = 0;
  scheduleTurn();
  return false;
}

function scheduleTurn(): void {
  if (scheduledTurn === null) scheduledTurn = nextTurn(endYield);
  else scheduledTurn.ref?.();
}

function endYield(): void {
  scheduledTurn = null;
  sliceHasBegun = false;
  budget = 0;
  if (isYielding) {
    isYielding = false;
    beginSlice(now());
  }
  const resolutions = deferredResolutions;
  const tasks = turnTasks;
  deferredResolutions = [];
  turnTasks = [];
  for (let i = 0; i < resolutions.length; i += 2) (resolutions[i] as ResolveFn<unknown>)(resolutions[i + 1]);
  for (const task of tasks) task();
}

function hostTime(): () => number {
  const { performance } = host;
  return typeof performance?.now === "function" ? performance.now.bind(performance) : Date.now;
}

function hostTurns(): number | undefined {
  return host.performance?.nodeTiming?.uvMetricsInfo?.loopCount;
}
