// The page's side of a run: compiles the program, starts a worker, collects its output, and stops it.
//
// A run can end in three ways: by the result of the worker, by an error of the worker, and by the timer that `stop` sets. The first one
// decides, terminates the worker and clears the timer; the others have no effect after it.

import type { CompiledProgram, Output, Request, Response, RunOptions, RunResult } from "./messages.ts";

/** How long a worker may take to obey a stop before it is terminated, in milliseconds. */
const stopGrace = 500;

/** Options of {@link startRun}. */
export interface HostOptions extends RunOptions {
  /** Called with new output while the program runs. */
  readonly onOutput?: (output: readonly Output[]) => void;
}

/** A run. */
export interface ProgramRun {
  /** Resolves with the result; does not reject. */
  readonly result: Promise<RunResult>;

  /**
   * Stops the program. If the worker does not obey within 500 ms, it is terminated: the output until then is kept, its trace is lost. Has
   * no effect after the first call, and after the result.
   */
  stop(): void;
}

/**
 * Compiles a TypeScript program. The compiler is loaded with the first call.
 *
 * @throws {ProgramError} (rejects) if the text is not a program.
 */
export async function compile(source: string): Promise<CompiledProgram> {
  const { compileProgram } = await import("./transform.ts");
  return { source, code: compileProgram(source) };
}

/** Starts a program in a worker of its own. */
export function startRun(program: CompiledProgram, options: HostOptions = {}): ProgramRun {
  const { onOutput, ...runOptions } = options;
  const worker = new Worker(new URL("./worker.ts", import.meta.url), {
    type: "module",
    // The library reads the seed when it is loaded, before the first message.
    name: String(options.seed ?? 1),
  });
  const send = (request: Request): void => worker.postMessage(request);
  const output: Output[] = [];
  let stopTimer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  let resolve: (result: RunResult) => void;
  const result = new Promise<RunResult>((onResult) => (resolve = onResult));

  const end = (outcome: Omit<RunResult, "output">): void => {
    if (isOver) return;
    isOver = true;
    clearTimeout(stopTimer);
    worker.terminate();
    resolve({ ...outcome, output });
  };
  worker.onmessage = ({ data }: MessageEvent<Response>) => {
    if (isOver) return;
    if (data.type === "end") {
      end(data.result);
    } else {
      output.push(...data.output);
      onOutput?.(data.output);
    }
  };
  worker.onerror = ({ message }) => {
    // The event of a script that could not be loaded has no message.
    end(terminated(`The worker failed: ${message || "its script was not loaded"}.`));
  };
  send({ type: "start", program, options: runOptions });
  return {
    result,
    stop() {
      if (isOver || stopTimer !== undefined) return;
      send({ type: "stop" });
      stopTimer = setTimeout(() => end(terminated("The program was terminated, because it did not stop.")), stopGrace);
    },
  };
}

/** The result of a run whose worker has not sent one. */
function terminated(notice: string): Omit<RunResult, "output"> {
  return { ending: "terminated", code: null, report: "", trace: null, line: undefined, notices: [notice] };
}
