// The fairness gate. JavaScript runs all promise continuations before it looks at a timer or a socket again, so two
// goroutines that hand values to each other would keep every timeout of the process waiting forever. Every await on the
// library therefore passes here: an operation that has finished resolves at once while the time slice lasts, and on the next turn
// of the event loop when the slice is used up.
//
// A slice begins with the first operation after a turn of the event loop, or with the turn itself if operations were held for it, and
// ends with the next turn. It asks for that turn when it begins, so that idle time is not taken for work: an operation after a
// pause finds that the slice has ended, and begins another.
//
// Invariants:
//   1. While the gate is shut, everything that passes it is kept in `held`, in the order in which it came; so no order changes.
//   2. A shut gate has asked for the next turn of the event loop, which opens it and resolves all that was held.
//   3. A patient wake-up is delivered after at most 16 rounds of the microtask queue, and then passes like any other.
//   4. A slice that has begun has asked for the next turn. The process stays alive for that turn only if something waits for it.
//
// Both kinds of results pass: operations that finish at once, and wake-ups of parked ones. Without the second half, two
// goroutines that call `trySend` and await `receive` would starve the timers all the same. No user code runs in here.
//
// Inside a test bubble, promises are resolved by the bubble instead of by the gate. While a bubble is open, every operation looks
// up its world; otherwise the lookup costs nothing.

import { nextTurn, type Turn } from "./macrotask.ts";
import { currentRealm, realmLookup, setRealmLookup, type Realm } from "./realm.ts";

/** How long goroutines may run, in milliseconds, before timers and I/O get their turn. */
const sliceMs = 4;

/** The most operations between two looks at the clock. A look costs as much as an await, so it is shared by many. */
const maxOpsPerCheck = 32;

/**
 * How many looks in succession may find the same time. A clock that stands still must not make a slice endless: that of a test's
 * fake timers does, and that of some hosts between two inputs. 256 looks are 8,192 operations, which take a millisecond or more.
 */
const mostLooksAtOneTime = 256;

/** How many rounds of the microtask queue a patient wake-up may be delayed. */
const maxDeferRounds = 16;

interface Performance {
  now(): number;
  /** Node's: how often its event loop has turned. */
  readonly nodeTiming?: { readonly uvMetricsInfo?: { readonly loopCount: number } };
}

const host = globalThis as unknown as { performance?: Performance };

// The function that was there at the import is kept, because a test that replaces it by a fake must not stop the gate. If it is a
// fake itself, it stands still sooner or later, and is then looked up again.
let now = hostTime();

let isYielding = false;
let turnAsked: Turn | null = null;
let sliceHasBegun = false;
let sliceStart = 0;
let turnsBefore: number | undefined;
let lastCheckAt = 0;
let looksAtOneTime = 0;
let opsPerCheck = 1;
let budget = 0;

let deferredWakes: unknown[] = [];
let deferRounds = 0;
let budgetAtLastRound = 0;

let deferredResolutions: unknown[] = [];
let yieldWaiters: (() => void)[] = [];

type Answer<R> = (result: R) => void;

/**
 * Answers a parked party of `world`, whoever wakes it: calls `answer(result)` now, or on the next turn. `answer` settles a
 * promise, nothing more.
 *
 * One that may be patient has a buffer between itself and whoever woke it, who can go on without it: it is answered when nobody
 * gets further, or after some rounds. Else the two would change places with every value, and one of them park each time.
 */
export function resolveFairly<R>(resolve: Answer<R>, result: R, realm?: Realm, mayDefer: boolean = false): void {
  if (realm !== undefined) realm.schedule(resolve, result);
  else if (mayDefer && !isYielding) deferWake(resolve, result);
  else if (--budget > 0 || refillBudget()) resolve(result);
  else deferredResolutions.push(resolve, result);
}

function deferWake<R>(resolve: Answer<R>, result: R): void {
  if (deferredWakes.push(resolve, result) > 2) return;
  deferRounds = 0;
  budgetAtLastRound = budget;
  void resolvedPromise.then(flushDeferredWakes);
}

// Whether somebody got further since the last round shows in the credit, which every answer takes from.
function flushDeferredWakes(): void {
  if (budget !== budgetAtLastRound && !isYielding && ++deferRounds < maxDeferRounds) {
    budgetAtLastRound = budget;
    void resolvedPromise.then(flushDeferredWakes);
    return;
  }
  const answers = deferredWakes;
  deferredWakes = [];
  for (let i = 0; i < answers.length; i += 2) resolveFairly(answers[i] as Answer<unknown>, answers[i + 1]);
}

/** Answers a parked party with a failure, now or on the next turn. */
export function rejectFairly(resolve: Answer<never>, error: Error, realm?: Realm): void {
  resolveFairly((reason: Error) => resolve(Promise.reject(reason) as never), error, realm);
}

/** What {@link resolved} answers while the gate is open: to await it is to let others go first, and nothing else. */
export const resolvedPromise: Promise<void> = Promise.resolve();

/** The promise of an operation that has finished at once and has nothing to tell. */
export function resolved(): Promise<void> {
  return hasBudget() ? resolvedPromise : deferUntilYield(undefined);
}

/** The promise of an operation that has finished at once with `result`, which must be a record made by the library. */
export function resolvedWith<R extends object>(result: R): Promise<R> {
  return hasBudget() ? Promise.resolve(result) : deferUntilYield(result);
}

/** The promise of an operation that has failed at once. A loop that handles its failures must not starve others either. */
export function rejected(error: unknown): Promise<never> {
  return hasBudget() ? Promise.reject(error) : new Promise((_, reject) => enqueueDeferred(reject, error));
}

/** The outcome of `promise`, as the promise of a public function: it is fair, however fast `promise` settles or rejects. */
export async function fairly<R>(promise: Promise<R>): Promise<R> {
  try {
    return await promise;
  } finally {
    await resolved();
  }
}

/** The promise of the next turn of the event loop: by then all that could run has run, and timers and I/O have had theirs. */
export function nextMacrotask(): Promise<void> {
  const realm = currentRealm();
  if (realm !== undefined) return new Promise((resolve) => realm.schedule(resolve, undefined));
  waitForTurn();
  return new Promise((resolve) => yieldWaiters.push(resolve));
}

/** Begins, or with null ends, to look for worlds other than the real one. */
export function enableRealms(find: (() => Realm | undefined) | null): void {
  setRealmLookup(find);
  budget = 0;
}

// In a function of its own, for one that has a closure in it costs more on all its ways.
function deferUntilYield<R>(result: R): Promise<R> {
  return new Promise((resolve) => enqueueDeferred(resolve, result));
}

function enqueueDeferred<R>(resolve: Answer<R>, result: R): void {
  const realm = currentRealm();
  if (realm === undefined) deferredResolutions.push(resolve, result);
  else realm.schedule(resolve, result);
}

function hasBudget(): boolean {
  return --budget > 0 || (currentRealm() === undefined && refillBudget());
}

// Looks at the clock, and decides when to look again: after so many operations that about a sixteenth of a slice goes by.
function refillBudget(): boolean {
  if (isYielding) return false;
  const time = now();
  if (!sliceHasBegun) return begin(time);
  const gone = time - lastCheckAt;
  lastCheckAt = time;
  if (gone < sliceMs / 16) opsPerCheck = Math.min(opsPerCheck * 2, maxOpsPerCheck);
  else if (gone > sliceMs / 4) opsPerCheck = 1;
  if (gone > 0) {
    looksAtOneTime = 0;
    if (time - sliceStart >= sliceMs) return isNewTurn() ? begin(time) : startYield();
  } else {
    sliceStart += gone;
    if (++looksAtOneTime === mostLooksAtOneTime) {
      now = hostTime();
      return startYield();
    }
  }
  budget = realmLookup === null ? opsPerCheck : 0;
  return true;
}

function begin(time: number): true {
  sliceHasBegun = true;
  sliceStart = lastCheckAt = time;
  turnsBefore = hostTurns();
  looksAtOneTime = 0;
  opsPerCheck = 1;
  budget = realmLookup === null ? opsPerCheck : 0;
  if (turnAsked === null) {
    turnAsked = nextTurn(endYield);
    turnAsked.unref?.();
  }
  return true;
}

// The turn that was asked for may be late: Node runs immediates only after the I/O that it has waited for.
function isNewTurn(): boolean {
  return hostTurns() !== turnsBefore;
}

function startYield(): false {
  isYielding = true;
  budget = 0;
  waitForTurn();
  return false;
}

function waitForTurn(): void {
  if (turnAsked === null) turnAsked = nextTurn(endYield);
  else turnAsked.ref?.();
}

function endYield(): void {
  turnAsked = null;
  sliceHasBegun = false;
  budget = 0;
  if (isYielding) {
    isYielding = false;
    begin(now());
  }
  const answers = deferredResolutions;
  const turns = yieldWaiters;
  deferredResolutions = [];
  yieldWaiters = [];
  for (let i = 0; i < answers.length; i += 2) (answers[i] as Answer<unknown>)(answers[i + 1]);
  for (const resolve of turns) resolve();
}

function hostTime(): () => number {
  const { performance } = host;
  return typeof performance?.now === "function" ? performance.now.bind(performance) : Date.now;
}

function hostTurns(): number | undefined {
  return host.performance?.nodeTiming?.uvMetricsInfo?.loopCount;
}
