// The fairness gate. JavaScript runs all promise continuations before it looks at a timer or a socket again, so two
// goroutines that hand values to each other would keep every timeout of the process waiting for ever. Every await on the
// library therefore passes here: what has finished is answered at once while the time slice lasts, and on the next turn
// of the event loop when it is used up.
//
// Invariants:
//   1. While the gate is shut, whatever passes it stands in `held`, in the order in which it came; so no order changes.
//   2. A shut gate has asked for the next turn of the event loop, which opens it and answers all that was held.
//   3. Whoever is patient waits for 16 rounds of the microtask queue at most, and then passes like everybody else.
//
// Both kinds of answers pass: operations that finish at once, and wake-ups of parked ones. Without the second half, two
// goroutines that call `trySend` and await `receive` would starve the timers all the same. No user code runs in here.
//
// In a world of a test's own nothing passes: all answers are that world's to give. While there is such a world, every answer
// is looked at; else it costs nothing that there could be one.

import { currentWorld, findWorld, lookForWorlds, type World } from "./world.ts";

/** How long goroutines may run, in milliseconds, before timers and I/O get their turn. */
const slice = 4;

/** The most answers between two looks at the clock. A look costs as much as an await, so it is shared by many. */
const longestStride = 32;

/** How many rounds of the microtask queue those who can wait may be kept waiting. */
const longestWait = 16;

// Taken once: a test that replaces the globals by fakes must not stop the gate.
const now = performance.now.bind(performance);

/** Calls a function on the next turn of the event loop. */
export const nextTurn: (run: () => void) => void = hostTurn();

let shut = false;
let asked = false;
let sliceStart = now();
let looked = sliceStart;
let stride = 1;
let credit = 1;

let patient: unknown[] = [];
let rounds = 0;
let creditBefore = 0;

let held: unknown[] = [];
let yielded: (() => void)[] = [];

type Answer<R> = (result: R) => void;

/**
 * Answers a parked party of `world`, whoever wakes it: calls `answer(result)` now, or on the next turn. `answer` settles a
 * promise, nothing more.
 *
 * One that may be patient has a buffer between itself and whoever woke it, who can go on without it: it is answered when nobody
 * gets further, or after some rounds. Else the two would change places with every value, and one of them park each time.
 */
export function pass<R>(answer: Answer<R>, result: R, world?: World, isPatient: boolean = false): void {
  if (world !== undefined) world.hold(answer, result);
  else if (isPatient && !shut) wait(answer, result);
  else if (--credit > 0 || look()) answer(result);
  else held.push(answer, result);
}

function wait<R>(answer: Answer<R>, result: R): void {
  if (patient.push(answer, result) > 2) return;
  rounds = 0;
  creditBefore = credit;
  void ready.then(answerThePatient);
}

// Whether somebody got further since the last round shows in the credit, which every answer takes from.
function answerThePatient(): void {
  if (credit !== creditBefore && !shut && ++rounds < longestWait) {
    creditBefore = credit;
    void ready.then(answerThePatient);
    return;
  }
  const answers = patient;
  patient = [];
  for (let i = 0; i < answers.length; i += 2) pass(answers[i] as Answer<unknown>, answers[i + 1]);
}

/** Answers a parked party with a failure, now or on the next turn. */
export function fail(answer: Answer<never>, error: Error, world?: World): void {
  pass((reason: Error) => answer(Promise.reject(reason) as never), error, world);
}

/** What {@link passed} answers while the gate is open: to await it is to let others go first, and nothing else. */
export const ready: Promise<void> = Promise.resolve();

/** The promise of an operation that has finished at once and has nothing to tell. */
export function passed(): Promise<void> {
  return isOpen() ? ready : heldBack(undefined);
}

/** The promise of an operation that has finished at once with `result`, which must be a record made by the library. */
export function passedWith<R extends object>(result: R): Promise<R> {
  return isOpen() ? Promise.resolve(result) : heldBack(result);
}

/** The promise of an operation that has failed at once. A loop that handles its failures must not starve others either. */
export function failed(error: unknown): Promise<never> {
  return isOpen() ? Promise.reject(error) : new Promise((_, reject) => hold(reject, error));
}

/** The outcome of `promise`, as the promise of a public function: it is fair, however fast `promise` settles or rejects. */
export async function fairly<R>(promise: Promise<R>): Promise<R> {
  try {
    return await promise;
  } finally {
    await passed();
  }
}

/** The promise of the next turn of the event loop: by then all that could run has run, and timers and I/O have had theirs. */
export function turn(): Promise<void> {
  const world = currentWorld();
  if (world !== undefined) return new Promise((resolve) => world.hold(resolve, undefined));
  askForTurn();
  return new Promise((resolve) => yielded.push(resolve));
}

/** Begins, or with null ends, to look for worlds other than the real one. */
export function openWorlds(find: (() => World | undefined) | null): void {
  lookForWorlds(find);
  credit = 0;
}

// In a function of its own, for one that has a closure in it costs more on all its ways.
function heldBack<R>(result: R): Promise<R> {
  return new Promise((resolve) => hold(resolve, result));
}

function hold<R>(answer: Answer<R>, result: R): void {
  const world = currentWorld();
  if (world === undefined) held.push(answer, result);
  else world.hold(answer, result);
}

function isOpen(): boolean {
  return --credit > 0 || (currentWorld() === undefined && look());
}

// Looks at the clock, and decides when to look again: after so many answers that about a sixteenth of a slice goes by.
function look(): boolean {
  if (shut) return false;
  const time = now();
  const gone = time - looked;
  looked = time;
  if (gone < slice / 16) stride = Math.min(stride * 2, longestStride);
  else if (gone > slice / 4) stride = 1;
  if (time - sliceStart >= slice) {
    shutUntilNextTurn();
    return false;
  }
  credit = findWorld === null ? stride : 0;
  return true;
}

function shutUntilNextTurn(): void {
  shut = true;
  credit = 0;
  askForTurn();
}

function askForTurn(): void {
  if (asked) return;
  asked = true;
  nextTurn(open);
}

function open(): void {
  asked = false;
  shut = false;
  sliceStart = looked = now();
  credit = findWorld === null ? stride : 0;
  const answers = held;
  const turns = yielded;
  held = [];
  yielded = [];
  for (let i = 0; i < answers.length; i += 2) (answers[i] as Answer<unknown>)(answers[i + 1]);
  for (const resolve of turns) resolve();
}

// On Node this must be setImmediate: a MessageChannel does not let timers run there. Browsers have only the latter.
function hostTurn(): (run: () => void) => void {
  const host = globalThis as { setImmediate?: (run: () => void) => unknown };
  if (typeof host.setImmediate === "function") return host.setImmediate.bind(globalThis);
  const { port1, port2 } = new MessageChannel();
  const runs: (() => void)[] = [];
  port1.onmessage = () => runs.shift()?.();
  return (run) => {
    runs.push(run);
    port2.postMessage(null);
  };
}
