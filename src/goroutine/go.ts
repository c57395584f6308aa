// Goroutines: functions that are started and then run on their own.

import { pass, passed, turn } from "../internal/gate.ts";
import { type Trace, trace } from "../internal/trace.ts";
import { Pending } from "../internal/waiter.ts";
import { currentWorld } from "../internal/world.ts";
import { born, died } from "./census.ts";
import { place, register } from "./debug.ts";
import { asText, inOneLine, nameOf } from "./foreign.ts";
import { complain, exit, ownsTheProcess, printAtOnce, processors } from "./host.ts";
import { panicReport } from "./panic.ts";
import { mainIsRunning } from "./program.ts";

/** Who wants to know how a goroutine ended; without one, an error is a panic and a return goes unnoticed. */
export interface Owner {
  returned(): void;
  /** Is told after the panic has been printed, if the program goes on. */
  panicked(error: unknown): void;
}

type Body = (...args: never[]) => unknown;

/** One goroutine, from its `go` to its end. */
export class Goroutine {
  isCounted = false;
  readonly id: number;
  readonly body: Body;
  args: readonly unknown[];
  readonly owner: Owner | null;
  readonly origin: readonly string[];

  /** `origin` is the place in the program where it is started, if places are captured. */
  constructor(
    id: number,
    body: Body,
    args: readonly unknown[],
    owner: Owner | null,
    origin: readonly string[] = place(),
  ) {
    this.id = id;
    this.body = body;
    this.args = args;
    this.owner = owner;
    this.origin = origin;
  }

  // A name is for reports, and must not be able to forge their lines.
  get name(): string {
    return inOneLine(nameOf(this.body));
  }
}

let lastId = 1;

function nextId(): number {
  return currentWorld()?.nextId() ?? ++lastId;
}

/**
 * Starts `f(...args)` as a goroutine. The arguments are evaluated now; `f` itself never starts before the code that is
 * running has come to its next `await` or its end. What `f` returns is discarded. If it throws or rejects, that is a
 * panic: the program prints it and ends with exit code 2; where somebody listens for uncaught errors (a service, a test
 * runner), they get the error instead.
 *
 * Errors: throws `TypeError` if `f` is no function.
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

/** Starts a goroutine for `caller`, the name of the public function that was called. */
export function spawn<A extends readonly unknown[]>(
  caller: string,
  f: (...args: A) => unknown,
  args: A,
  owner: Owner | null,
): void {
  if (typeof f !== "function") throw new TypeError(`${caller}: f must be a function, got ${asText(f)}`);
  start(new Goroutine(nextId(), f, args, owner));
}

/** Starts `goroutine` as soon as the code that runs now comes to its next `await`. */
export function start(goroutine: Goroutine): void {
  if (goroutine.id !== 1) born(goroutine);
  if (trace === null) run(goroutine);
  else runHeard(goroutine, trace);
}

// In a function of its own, for one that has a closure in it costs more on all its ways.
function runHeard(goroutine: Goroutine, listener: Trace): void {
  listener.go(goroutine);
  listener.run(goroutine, () => run(goroutine));
}

/** A goroutine that is to be started later, if at all, as a child of whoever prepares it and in the same async context. */
export class Prepared {
  readonly #due = new Pending<void>();

  constructor(f: () => unknown) {
    const origin = place();
    void this.#due.promise.then(() => start(new Goroutine(nextId(), f, [], null, origin)));
  }

  start(): void {
    pass(this.#due.answer, undefined, this.#due.world);
  }
}

// It is called in `go`, so that the goroutine has the async context of whoever started it. One list of all that are to be
// started would be cheaper, and each would have the context of the first.
function run(goroutine: Goroutine): void {
  void passed().then(() => begin(goroutine));
}

const none: readonly unknown[] = [];

// The arguments are the function's from now on: a goroutine that kept them would keep them alive for as long as it lives.
function begin(goroutine: Goroutine): void {
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
  goroutine.owner?.returned();
}

function panicked(error: unknown, goroutine: Goroutine): void {
  if (trace !== null) trace.panic(goroutine, error);
  panic(error, goroutine);
  end(goroutine);
  goroutine.owner?.panicked(error);
}

function end(goroutine: Goroutine): void {
  died(goroutine);
  if (trace !== null) trace.end(goroutine);
}

// Under `main` the program is Go's and dies Go's death. Elsewhere the host's own ways come first.
function panic(error: unknown, goroutine: Goroutine): void {
  const world = currentWorld();
  if (world !== undefined) {
    world.panicked(error, goroutine);
  } else if (mainIsRunning || ownsTheProcess()) {
    // A report that had to wait for its reader would let timers fire before the end.
    printAtOnce();
    complain(panicReport(error, goroutine.id, register?.origin(goroutine) ?? ""));
    exit(2);
  } else {
    queueMicrotask(() => {
      throw error;
    });
  }
}

/** How many processors the program may use, at least 1. Mirrors `runtime.NumCPU`. */
export function numCPU(): number {
  return processors();
}

/**
 * Lets others go first: every other goroutine, until it waits or the time slice of all is used up, and timers and I/O.
 *
 * Mirrors `runtime.Gosched`.
 */
export function gosched(): Promise<void> {
  return turn();
}
