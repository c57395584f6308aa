// Goroutines: functions that are started and then run on their own.

import { pass, turn } from "../internal/gate.ts";
import { trace } from "../internal/trace.ts";
import { register } from "./debug.ts";
import { complain, exit, ownsTheProcess, processors } from "./host.ts";
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
  readonly id: number;
  readonly body: Body;
  readonly args: readonly unknown[];
  readonly owner: Owner | null;

  constructor(id: number, body: Body, args: readonly unknown[], owner: Owner | null) {
    this.id = id;
    this.body = body;
    this.args = args;
    this.owner = owner;
  }

  get name(): string {
    return this.body.name;
  }
}

let lastId = 1;
let live = 0;
let starting: Goroutine[] = [];

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
 * go(worker, 1, jobs, results);
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
  if (typeof f !== "function") throw new TypeError(`${caller}: f must be a function, got ${String(f)}`);
  enqueue(new Goroutine(++lastId, f, args, owner));
  live++;
}

/** Puts `goroutine` among those that start next. */
export function enqueue(goroutine: Goroutine): void {
  if (trace !== null) trace.go(goroutine);
  starting.push(goroutine);
  if (starting.length === 1) pass(queueMicrotask, startAll);
}

// One microtask starts all that were asked for in one stretch of code: that is cheaper than one each.
function startAll(): void {
  const batch = starting;
  starting = [];
  for (const goroutine of batch) {
    if (trace === null) void run(goroutine);
    else trace.run(goroutine, () => void run(goroutine));
  }
}

async function run(goroutine: Goroutine): Promise<void> {
  const { body, args, owner } = goroutine;
  try {
    await body(...(args as never[]));
  } catch (error) {
    panic(error, goroutine);
    ended(goroutine);
    owner?.panicked(error);
    return;
  }
  ended(goroutine);
  owner?.returned();
}

function ended(goroutine: Goroutine): void {
  if (goroutine.id !== 1) live--;
  if (trace !== null) trace.end(goroutine);
}

// Under `main` the program is Go's and dies Go's death. Elsewhere the host's own ways come first.
function panic(error: unknown, goroutine: Goroutine): void {
  if (mainIsRunning || ownsTheProcess()) {
    complain(panicReport(error, goroutine.id, register?.origin(goroutine) ?? ""));
    exit(2);
  } else {
    queueMicrotask(() => {
      throw error;
    });
  }
}

/** How many goroutines live, the main one counted. Mirrors `runtime.NumGoroutine`. */
export function numGoroutine(): number {
  return live + 1;
}

/** How many processors the program may use, at least 1. Mirrors `runtime.NumCPU`. */
export function numCPU(): number {
  return processors();
}

/**
 * Lets everything else that can run go first: every other goroutine, until it waits, and timers and I/O as well.
 *
 * Mirrors `runtime.Gosched`.
 */
export function gosched(): Promise<void> {
  return turn();
}
