// Goroutines: functions that run concurrently with their caller.

import { resolveFairly, resolvedWith, nextMacrotask } from "./scheduler.ts";
import { publishPanic } from "./diagnostics.ts";
import { type Hooks, hooks } from "./hooks.ts";
import { throwUncaught } from "./macrotask.ts";
import { Deferred } from "./waiter.ts";
import { currentRealm } from "./realm.ts";
import { checkFunction } from "../util/validate.ts";
import { escapeControlChars, functionName } from "../util/inspect.ts";
import { availableParallelism } from "./process.ts";

/** Called when a goroutine has finished. An error is a panic in any case. */
export interface GoroutineObserver {
  onReturn(): void;
  onPanic(error: unknown): void;
}

type Fn = (...args: never[]) => unknown;

/** A goroutine. */
export class Goroutine {
  isCounted = false;
  readonly id: number;
  readonly fn: Fn;
  args: readonly unknown[];
  readonly observer: GoroutineObserver | null;
  readonly origin: readonly string[];

  /** @param origin - the stack of the call that starts it, if call sites are captured */
  constructor(
    id: number,
    fn: Fn,
    args: readonly unknown[],
    observer: GoroutineObserver | null,
    origin: readonly string[] = callSite(),
  ) {
    this.id = id;
    this.fn = fn;
    this.args = args;
    this.observer = observer;
    this.origin = origin;
  }

  // Escaped, because a name with line breaks could forge lines of a report.
  get name(): string {
    return escapeControlChars(functionName(this.fn));
  }
}

const noFrames: readonly string[] = [];
let capture: (() => readonly string[]) | null = null;

/** Makes {@link callSite} return the frames that `frames` returns. */
export function captureCallSites(frames: () => readonly string[]): void {
  capture = frames;
}

/** Returns the stack of the call into the library, if call sites are captured. */
export function callSite(): readonly string[] {
  return capture === null ? noFrames : capture();
}

let liveCount = 0;

/** Decrements the count when a counted goroutine has exited; the main goroutine is not counted. */
export function goroutineExited(goroutine: { isCounted: boolean }): void {
  if (!goroutine.isCounted) return;
  goroutine.isCounted = false;
  liveCount--;
}

/**
 * Returns the number of goroutines that exist, including the main one.
 *
 * @see [runtime.NumGoroutine](https://pkg.go.dev/runtime#NumGoroutine)
 */
export function numGoroutine(): number {
  return liveCount + 1;
}

let lastId = 1;

function nextId(): number {
  return currentRealm()?.nextId() ?? ++lastId;
}

/**
 * Starts `f(...args)` as a goroutine. `f` does not start before the running code reaches its next `await` or its end. The result of `f` is
 * discarded.
 *
 * Panics: an error that `f` throws or rejects with is thrown as an uncaught exception. The host handles it like any other: its listeners
 * (`uncaughtException`, `uncaughtExceptionMonitor`, `window.onerror`), a crash reporter or a test runner get the error; without one of
 * these, Node prints it and ends the process with exit code 1. Under {@link main}, the listeners get it first, and then the program prints
 * Go's report and ends with exit code 2.
 *
 * @throws {TypeError} if `f` is not a function, or is a generator function, which would not run.
 *
 * @see [the go statement](https://go.dev/ref/spec#Go_statements)
 *
 * @example
 * const greet = async (name: string) => console.log(`hello, ${name}`);
 * go(greet, "gopher");
 */
export function go<A extends readonly unknown[]>(f: (...args: A) => unknown, ...args: A): void {
  spawn("go", f, args, null);
}

/** Starts a goroutine for the public function `caller`, and returns it. */
export function spawn<A extends readonly unknown[]>(
  caller: string,
  f: (...args: A) => unknown,
  args: A,
  observer: GoroutineObserver | null,
): Goroutine {
  checkFunction(caller, f);
  const goroutine = new Goroutine(nextId(), f, args, observer);
  start(goroutine);
  return goroutine;
}

/** Starts `goroutine` when the running code reaches its next `await` or its end. */
export function start(goroutine: Goroutine): void {
  if (goroutine.id !== 1) {
    goroutine.isCounted = true;
    liveCount++;
  }
  if (hooks === null) scheduleStart(goroutine);
  else startWithHooks(goroutine, hooks);
}

// Kept separate: a function that contains a closure allocates a context on every call, including the fast path.
function startWithHooks(goroutine: Goroutine, listener: Hooks): void {
  listener.go(goroutine);
  listener.run(goroutine, () => scheduleStart(goroutine));
}

/** A goroutine that can be started later, as a child of the goroutine that creates this object, and in its async context. */
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

// Called in `go`, so that the goroutine has the async context of its caller; with a shared queue of goroutines to start, each would have
// the context of the first. The promise must be a new one: node:test finds the test to which an error belongs by the chain of async
// resources, which for a promise leads to where it was created.
function scheduleStart(goroutine: Goroutine): void {
  void resolvedWith(goroutine).then(invoke);
}

const noArgs: readonly unknown[] = [];

// The goroutine drops its reference to the arguments, so that they can be collected while it runs.
function invoke(goroutine: Goroutine): void {
  const { fn, args } = goroutine;
  goroutine.args = noArgs;
  let result: Promise<unknown>;
  try {
    result = Promise.resolve(fn(...(args as never[])));
  } catch (error) {
    onPanic(error, goroutine);
    return;
  }
  result.then(
    () => onReturn(goroutine),
    (error: unknown) => onPanic(error, goroutine),
  );
}

function onReturn(goroutine: Goroutine): void {
  end(goroutine);
  goroutine.observer?.onReturn();
}

function onPanic(error: unknown, goroutine: Goroutine): void {
  if (hooks !== null) hooks.panic(goroutine, error);
  publishPanic(error, goroutine);
  panic(error, goroutine);
  end(goroutine);
  goroutine.observer?.onPanic(error);
}

function end(goroutine: Goroutine): void {
  goroutineExited(goroutine);
  if (hooks !== null) hooks.end(goroutine);
}

type PanicHandler = (error: unknown, goroutine: Goroutine) => void;

let endProgram: PanicHandler | null = null;

/** Makes `handler` end the program when a goroutine panics; with null, a panic is an uncaught exception. */
export function setPanicHandler(handler: PanicHandler | null): void {
  endProgram = handler;
}

function panic(error: unknown, goroutine: Goroutine): void {
  const realm = currentRealm();
  if (realm !== undefined) {
    realm.panicked(error, goroutine);
  } else if (endProgram !== null) {
    endProgram(error, goroutine);
  } else {
    throwUncaught(error);
  }
}

/** Panics with `error` in a new goroutine, so that the running code continues. */
export function raise(error: unknown): void {
  go(() => {
    throw error;
  });
}

/**
 * Returns the number of processors that the program may use, at least 1.
 *
 * @see [runtime.NumCPU](https://pkg.go.dev/runtime#NumCPU)
 */
export function numCPU(): number {
  return availableParallelism();
}

/**
 * Yields: resolves on the next turn of the event loop, after every other goroutine has run until it waits or the time slice is used
 * up, and after timers and I/O.
 *
 * @see [runtime.Gosched](https://pkg.go.dev/runtime#Gosched)
 */
export function gosched(): Promise<void> {
  return nextMacrotask();
}
