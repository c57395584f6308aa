// Goroutines: functions that are started and then run on their own.

import { resolveFairly, resolvedWith, nextMacrotask } from "./scheduler.ts";
import { type Hooks, hooks } from "./hooks.ts";
import { throwUncaught } from "./macrotask.ts";
import { Deferred } from "./waiter.ts";
import { currentRealm } from "./realm.ts";
import { goroutineStarted, goroutineExited } from "./goroutine-count.ts";
import { checkFunction } from "../util/validate.ts";
import { callSite, globalRegistry } from "./goroutine-tracking.ts";
import { escapeControlChars, functionName } from "../util/inspect.ts";
import { writeStderr, exit, hasProcess, makeStdioBlocking, availableParallelism, showUncaught } from "./process.ts";
import { formatPanic } from "./panic.ts";
import { isMainRunning } from "./deadlock.ts";

/** Is called when a goroutine ends. An error is a panic all the same. */
export interface GoroutineObserver {
  onReturn(): void;
  onPanic(error: unknown): void;
}

type Body = (...args: never[]) => unknown;

/** One goroutine, from its `go` to its end. */
export class Goroutine {
  isCounted = false;
  readonly id: number;
  readonly body: Body;
  args: readonly unknown[];
  readonly owner: GoroutineObserver | null;
  readonly origin: readonly string[];

  /** `origin` is the place in the program where it is started, if places are captured. */
  constructor(
    id: number,
    body: Body,
    args: readonly unknown[],
    owner: GoroutineObserver | null,
    origin: readonly string[] = callSite(),
  ) {
    this.id = id;
    this.body = body;
    this.args = args;
    this.owner = owner;
    this.origin = origin;
  }

  // A name is for reports, and must not be able to forge their lines.
  get name(): string {
    return escapeControlChars(functionName(this.body));
  }
}

let lastId = 1;

function nextId(): number {
  return currentRealm()?.nextId() ?? ++lastId;
}

/**
 * Starts `f(...args)` as a goroutine. The arguments are evaluated now; `f` itself never starts before the code that is
 * running has come to its next `await` or its end. What `f` returns is discarded.
 *
 * Panics: an error that `f` throws or rejects with is thrown as an uncaught exception. The host decides what follows, as for any
 * other: its listeners (`uncaughtException`, `uncaughtExceptionMonitor`, `window.onerror`), a crash reporter or a test runner get
 * the error; without one of these, Node prints it and ends the process with exit code 1. Under {@link main}, the listeners get it
 * first, and then the program prints Go's report and ends with exit code 2.
 *
 * @throws {TypeError} if `f` is not a function, or is a generator function, which would not run.
 *
 * Mirrors the `go` statement.
 *
 * @example
 * const greet = async (name: string) => console.log(`hello, ${name}`);
 * go(greet, "gopher");
 */
export function go<A extends readonly unknown[]>(f: (...args: A) => unknown, ...args: A): void {
  spawn("go", f, args, null);
}

/** Starts a goroutine for `caller`, the name of the public function that was called, and returns it. */
export function spawn<A extends readonly unknown[]>(
  caller: string,
  f: (...args: A) => unknown,
  args: A,
  owner: GoroutineObserver | null,
): Goroutine {
  checkFunction(caller, f);
  const goroutine = new Goroutine(nextId(), f, args, owner);
  start(goroutine);
  return goroutine;
}

/** Starts `goroutine` as soon as the code that runs now comes to its next `await`. */
export function start(goroutine: Goroutine): void {
  if (goroutine.id !== 1) goroutineStarted(goroutine);
  if (hooks === null) scheduleStart(goroutine);
  else startWithHooks(goroutine, hooks);
}

// In a function of its own, for one that has a closure in it costs more on all its ways.
function startWithHooks(goroutine: Goroutine, listener: Hooks): void {
  listener.go(goroutine);
  listener.run(goroutine, () => scheduleStart(goroutine));
}

/** A goroutine that is to be started later, if at all, as a child of whoever prepares it and in the same async context. */
export class PendingGoroutine {
  readonly #trigger = new Deferred<void>();

  constructor(f: () => unknown) {
    const origin = callSite();
    void this.#trigger.promise.then(() => start(new Goroutine(nextId(), f, [], null, origin)));
  }

  start(): void {
    resolveFairly(this.#trigger.resolve, undefined, this.#trigger.realm);
  }
}

// Called in `go`, so that the goroutine has the async context of its caller; a common list of all that are to be started would be
// cheaper, and each would have the context of the first. The promise must be a new one: node:test finds the test to which an error
// belongs by the chain of async resources, and that of a promise leads to where the promise was made.
function scheduleStart(goroutine: Goroutine): void {
  void resolvedWith(goroutine).then(invoke);
}

const none: readonly unknown[] = [];

// The arguments are the function's from now on: a goroutine that kept them would keep them alive for as long as it lives.
function invoke(goroutine: Goroutine): void {
  const { body, args } = goroutine;
  goroutine.args = none;
  let result: Promise<unknown>;
  try {
    result = Promise.resolve(body(...(args as never[])));
  } catch (error) {
    panicked(error, goroutine);
    return;
  }
  result.then(
    () => returned(goroutine),
    (error: unknown) => panicked(error, goroutine),
  );
}

function returned(goroutine: Goroutine): void {
  end(goroutine);
  goroutine.owner?.onReturn();
}

function panicked(error: unknown, goroutine: Goroutine): void {
  if (hooks !== null) hooks.panic(goroutine, error);
  panic(error, goroutine);
  end(goroutine);
  goroutine.owner?.onPanic(error);
}

function end(goroutine: Goroutine): void {
  goroutineExited(goroutine);
  if (hooks !== null) hooks.end(goroutine);
}

// Under `main`, a panic prints Go's report and ends the program. Otherwise the error is an uncaught exception like any other.
function panic(error: unknown, goroutine: Goroutine): void {
  const realm = currentRealm();
  if (realm !== undefined) {
    realm.panicked(error, goroutine);
  } else if (isMainRunning && hasProcess) {
    // Write synchronously, so that no timer can fire before the process exits.
    makeStdioBlocking();
    const failures = showUncaught(error);
    writeStderr(formatPanic(error, goroutine.id, globalRegistry?.origin(goroutine) ?? ""));
    for (const failure of failures) writeStderr(formatPanic(failure, goroutine.id, ""));
    exit(2);
  } else {
    throwUncaught(error);
  }
}

/** Panics with `error` in a goroutine of its own, so that the code that runs now goes on. */
export function raise(error: unknown): void {
  go(() => {
    throw error;
  });
}

/** How many processors the program may use, at least 1. Mirrors `runtime.NumCPU`. */
export function numCPU(): number {
  return availableParallelism();
}

/**
 * Yields: resolves on the next turn of the event loop, after every other goroutine has run until it waits or the time slice is used
 * up, and timers and I/O have had their turn.
 *
 * Mirrors `runtime.Gosched`.
 */
export function gosched(): Promise<void> {
  return nextMacrotask();
}
