// The page's side of a run: compiles the program, starts a worker, collects its output, and stops it.

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

  /** Stops the program. If the worker does not obey within 500 ms, it is terminated: the output until then is kept, its trace is lost. */
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
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  const output: Output[] = [];
  let end: (result: Omit<RunResult, "output">) => void = () => undefined;
  const result = new Promise<RunResult>((resolve) => {
    end = (outcome) => {
      worker.terminate();
      resolve({ ...outcome, output });
    };
  });
  worker.onmessage = ({ data }: MessageEvent<Response>) => {
    if (data.type === "end") {
      end(data.result);
    } else {
      output.push(...data.output);
      onOutput?.(data.output);
    }
  };
  worker.onerror = (event) => {
    end(lost("terminated", `The worker failed: ${event.message}`));
  };
  const send = (request: Request): void => worker.postMessage(request);
  send({ type: "start", program, options: runOptions });
  return {
    result,
    stop() {
      send({ type: "stop" });
      setTimeout(() => end(lost("terminated", "The program was terminated, because it did not stop.")), stopGrace);
    },
  };
}

/** The result of a run whose worker has not sent one. */
function lost(ending: RunResult["ending"], notice: string): Omit<RunResult, "output"> {
  return { ending, code: null, report: "", trace: null, line: undefined, notices: [notice] };
}
