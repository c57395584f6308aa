// The run of one program in a Web Worker, in virtual time and in the order that a seed gives. The page terminates the worker after the result:
// the library and the globals of a worker serve one run.

// First: the library looks up the environment when it is loaded.
import { watchTurns, workerProcess } from "./environment.ts";
import * as library from "./library.ts";
import { LoopGuard } from "./loop-guard.ts";
import type { CompiledProgram, Ending, Output, Request, Response, RunOptions } from "./messages.ts";
import { mayUseOtherExports } from "./other-exports.ts";
import { seededRandom } from "./random.ts";
import { runtime } from "./runtime.ts";

/** The file of the program in reports. */
const programName = "main.ts";

/** How many pieces of output are sent at once. A program that never lets the event loop turn is terminated, and what is not sent is lost. */
const immediatePieces = 1000;

/** How long later output is collected before it is sent, in milliseconds. */
const outputInterval = 50;

type ProgramModule = { readonly default: (runtime: Readonly<Record<string, unknown>>) => Promise<void> };

interface EndDetails {
  readonly code?: number;
  readonly line?: number;
  readonly notice?: string;
}

const post = (response: Response): void => globalThis.postMessage(response);

/** One run. */
class Run {
  readonly #process = workerProcess;
  readonly #guard: LoopGuard;
  readonly #program: CompiledProgram;
  readonly #options: RunOptions;
  readonly #notices: string[] = [];
  #recording: library.Recording | undefined;
  #epoch = 0;
  #url = "";
  #report = "";
  #unsent: Output[] = [];
  #lastSent = -Infinity;
  #length = 0;
  #pieces = 0;
  #isOver = false;

  constructor(program: CompiledProgram, options: RunOptions) {
    this.#program = program;
    this.#options = options;
    this.#process.host = {
      processors: options.processors ?? 4,
      source: program.source,
      write: (stream, text) => this.#write(stream, text),
      exit: (code) => this.#end("exited", { code }),
      uncaught: (error) => this.#uncaught(error),
    };
    this.#guard = new LoopGuard(options.loopLimit ?? 2000, ({ message, line }) => {
      this.#end("loop", { line, notice: `The program was stopped: ${message}.` });
    });
  }

  async start(): Promise<void> {
    const { seed = 1, eventLimit = 5000 } = this.#options;
    this.#process.replaceConsole();
    addEventListener("error", (event) => {
      event.preventDefault();
      this.#uncaught(event.error);
    });
    addEventListener("unhandledrejection", (event) => {
      event.preventDefault();
      this.#uncaught(event.reason);
    });
    const goro = mayUseOtherExports(this.#program.source) ? await import("../../src/index.ts") : library.goro;
    Math.random = seededRandom(seed);
    this.#recording = library.record({ values: true, sources: true, console: true, limit: eventLimit });
    this.#epoch = library.now();
    this.#url = URL.createObjectURL(new Blob([this.#program.code], { type: "text/javascript" }));
    const { default: program } = (await import(/* @vite-ignore */ this.#url)) as ProgramModule;
    this.#guard.turn();
    const result = program({
      ...runtime,
      $loop: this.#guard.check,
      $goro: goro,
    });
    watchTurns({
      onTurn: () => this.#turn(),
      onIdle: () => this.#process.emit("beforeExit", this.#process.exitCode ?? 0),
      onEnd: () => this.#process.exit(),
    });
    await result;
  }

  stop(): void {
    this.#end("stopped", { notice: "The program was stopped." });
  }

  #turn(): void {
    this.#guard.turn();
    this.#sendIfDue();
  }

  #uncaught(error: unknown): void {
    if (this.#process.emit("uncaughtException", error, "uncaughtException")) return;
    const text = error instanceof Error ? (error.stack ?? String(error)) : String(error);
    this.#write("stderr", `Uncaught ${text}\n`);
    this.#process.exit(1);
  }

  #write(stream: Output["stream"], text: string): void {
    if (this.#isOver) return;
    const { outputLimit = 200_000 } = this.#options;
    const shown = text.replaceAll(this.#url || programName, programName);
    if (stream === "stderr") this.#report += shown;
    if (this.#length >= outputLimit) return;
    this.#length += shown.length;
    if (this.#length >= outputLimit) {
      this.#notices.push(
        `The output is longer than ${outputLimit.toLocaleString("en")} characters; the rest is not shown.`,
      );
    }
    this.#unsent.push({ stream, text: shown, at: library.now() - this.#epoch });
    if (++this.#pieces <= immediatePieces) this.#send();
    else this.#sendIfDue();
  }

  #sendIfDue(): void {
    if (performance.now() - this.#lastSent >= outputInterval) this.#send();
  }

  #send(): void {
    this.#lastSent = performance.now();
    if (this.#unsent.length > 0) post({ type: "output", output: this.#unsent });
    this.#unsent = [];
  }

  /** Sends the result. The first call decides how the run ends; later ones have no effect. */
  #end(ending: Ending, { code, line, notice }: EndDetails): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const trace = this.#recording?.stop() ?? null;
    if (notice !== undefined) this.#notices.push(notice);
    if (trace !== null && trace.dropped > 0) {
      const [kept, dropped] = [trace.events.length, trace.dropped].map((count) => count.toLocaleString("en"));
      this.#notices.push(`The recording has the first ${kept} events; ${dropped} later events were not recorded.`);
    }
    this.#send();
    post({
      type: "end",
      result: { ending, code: code ?? null, report: this.#report, trace, line, notices: this.#notices },
    });
    globalThis.close();
  }
}

let run: Run | undefined;

/** Starts the program, or stops it. */
export async function handleRequest(request: Request): Promise<void> {
  if (request.type === "stop") {
    run?.stop();
  } else {
    run = new Run(request.program, request.options);
    await run.start();
  }
}
