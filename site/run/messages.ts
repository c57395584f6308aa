// The messages between the page and the worker that runs a program.

import type { Trace } from "../../src/trace/format.ts";

/** Options of a run. */
export interface RunOptions {
  /**
   * The seed of the order of goroutines and of `Math.random`: an integer.
   *
   * @defaultValue 1
   */
  readonly seed?: number;

  /**
   * How many events are recorded, 0 or more.
   *
   * @defaultValue 5,000
   */
  readonly eventLimit?: number;

  /**
   * How many characters of output are kept, 0 or more.
   *
   * @defaultValue 200,000
   */
  readonly outputLimit?: number;

  /**
   * How long the program may run without a wait, in milliseconds, before its loop is stopped.
   *
   * @defaultValue 2,000
   */
  readonly loopLimit?: number;

  /**
   * The result of `numCPU`. It is not that of the machine, so that a seed gives the same run everywhere.
   *
   * @defaultValue 4
   */
  readonly processors?: number;
}

/** A program in the form in which the worker runs it. */
export interface CompiledProgram {
  /** The TypeScript text. Names of channels are read from it. */
  readonly source: string;
  /** The module that `compileProgram` returns. */
  readonly code: string;
}

/** A request of the page: the first is a start. */
export type Request =
  | { readonly type: "start"; readonly program: CompiledProgram; readonly options: RunOptions }
  | { readonly type: "stop" };

/** A piece of output. */
export interface Output {
  readonly stream: "stdout" | "stderr";
  readonly text: string;
  /** The virtual time, in milliseconds since the start. */
  readonly at: number;
}

/**
 * How a run ended: `exited` by itself; `loop` by the loop guard; `stopped` by the page; `terminated` if it did not obey a stop, or if its
 * worker failed.
 */
export type Ending = "exited" | "loop" | "stopped" | "terminated";

/** The result of a run. */
export interface RunResult {
  readonly ending: Ending;
  /** The exit code; null unless the program has exited by itself. */
  readonly code: number | null;
  readonly output: readonly Output[];
  /** What the library has written to stderr at the end of the program: a panic or a deadlock; "" if it returned. */
  readonly report: string;
  /** null if the program had to be terminated, or was stopped before it began. */
  readonly trace: Trace | null;
  /** The line of an endless loop, from 1; undefined unless `ending` is `loop`. */
  readonly line: number | undefined;
  /** Sentences for the reader: a limit that was reached, a loop that was stopped. */
  readonly notices: readonly string[];
}

/** A response of the worker: output while the program runs, and once its result without the output. */
export type Response =
  | { readonly type: "output"; readonly output: readonly Output[] }
  | { readonly type: "end"; readonly result: Omit<RunResult, "output"> };
