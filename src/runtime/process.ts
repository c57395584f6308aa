// What the library wants of the process that it runs in. Everything here is looked up and nothing is imported, so that the
// same file runs in a browser, where there is no process to speak to and no exit code to give.

import { trackListener } from "./listener-tracking.ts";
import { tryOr } from "../util/inspect.ts";

interface Stream {
  readonly writableLength?: number;
  readonly _handle?: { setBlocking?(blocking: boolean): unknown } | null;
  write(text: string, written?: () => void): unknown;
}

interface Process {
  readonly env: Record<string, string | undefined>;
  readonly argv?: readonly string[];
  readonly stdout: Stream;
  readonly stderr: Stream;
  exitCode?: number | string | null | undefined;
  exit(): void;
  on(event: string, listener: (argument: string) => void): unknown;
  off(event: string, listener: (argument: string) => void): unknown;
  listenerCount(event: string): number;
  listeners(event: string): ((...args: unknown[]) => void)[];
  getBuiltinModule?(name: string): unknown;
}

const host = (globalThis as unknown as { process?: Process }).process;
const process = typeof host?.exit === "function" && typeof host.on === "function" ? host : undefined;

/** Whether there is a process that can be ended. */
export const hasProcess: boolean = process !== undefined;

/** One of the host's own modules, or undefined where there is none of that name. */
export function builtinModule<M>(name: string): M | undefined {
  return process?.getBuiltinModule?.(name) as M | undefined;
}

/** The value of an environment variable. */
export function getEnv(name: string): string | undefined {
  return process?.env[name];
}

/** Calls `listener` when nothing is left that could ever run: no timer, no socket, no promise that is about to settle. */
export function onBeforeExit(listener: () => void): void {
  process?.on("beforeExit", listener);
}

/** Calls `listener` when the process ends, whatever ends it; what it does must be done when it returns. */
export function onExit(listener: () => void): void {
  process?.on("exit", listener);
}

/**
 * Calls `listener` when somebody asks the program to tell what it does and end, by SIGQUIT, unless the program listens to that
 * signal itself; answers how to stop that.
 */
export function onSigquit(listener: () => void): () => void {
  const heard = (): void => {
    if (process?.listenerCount("SIGQUIT") === 1) listener();
  };
  process?.on("SIGQUIT", heard);
  return () => process?.off("SIGQUIT", heard);
}

/** The file that the process runs; "", if there is none. */
export function mainScript(): string {
  return process?.argv?.[1] ?? "";
}

/** Writes to stderr, or to the console where there is no stderr. */
export function writeStderr(text: string): void {
  if (process === undefined) console.error(text);
  else process.stderr.write(text);
}

/**
 * Makes whatever is printed be out when the call returns, as it is in Go. Else a pipe whose reader is slow would keep what
 * was printed in memory, and a program that is over would have to go on until it is read.
 */
export function makeStdioBlocking(): void {
  process?.stdout._handle?.setBlocking?.(true);
  process?.stderr._handle?.setBlocking?.(true);
}

/** Ends the program once what it has printed is out; without a code, with `process.exitCode`. In a browser, nothing ends. */
export function exit(code?: number): void {
  if (process === undefined) return;
  if (code !== undefined) process.exitCode = code;
  const waiting = [process.stdout, process.stderr].find((stream) => stream.writableLength);
  if (waiting === undefined) process.exit();
  else waiting.write("", () => exit());
}

/**
 * Calls the listeners of the process for an uncaught exception, the monitors first, as the host does before it ends a process.
 * Returns what they have thrown.
 */
export function showUncaught(error: unknown): unknown[] {
  const failures: unknown[] = [];
  for (const event of ["uncaughtExceptionMonitor", "uncaughtException"]) {
    for (const listener of process?.listeners(event) ?? []) {
      try {
        listener.call(process, error, "uncaughtException");
      } catch (failure) {
        failures.push(failure);
      }
    }
  }
  return failures;
}

// What Go's os.Signal says of itself (syscall's table for Linux), where that is not "signal N".
const signalNames: Readonly<Record<string, string>> = {
  SIGHUP: "hangup",
  SIGINT: "interrupt",
  SIGQUIT: "quit",
  SIGILL: "illegal instruction",
  SIGTRAP: "trace/breakpoint trap",
  SIGABRT: "aborted",
  SIGBUS: "bus error",
  SIGFPE: "floating point exception",
  SIGUSR1: "user defined signal 1",
  SIGSEGV: "segmentation fault",
  SIGUSR2: "user defined signal 2",
  SIGPIPE: "broken pipe",
  SIGALRM: "alarm clock",
  SIGTERM: "terminated",
  SIGSTKFLT: "stack fault",
  SIGCHLD: "child exited",
  SIGCONT: "continued",
  SIGTSTP: "stopped",
  SIGTTIN: "stopped (tty input)",
  SIGTTOU: "stopped (tty output)",
  SIGURG: "urgent I/O condition",
  SIGXCPU: "CPU time limit exceeded",
  SIGXFSZ: "file size limit exceeded",
  SIGVTALRM: "virtual timer expired",
  SIGPROF: "profiling timer expired",
  SIGWINCH: "window changed",
  SIGIO: "I/O possible",
  SIGPOLL: "I/O possible",
  SIGPWR: "power failure",
  SIGSYS: "bad system call",
};

function signalNumbers(): Readonly<Record<string, number>> | undefined {
  return builtinModule<{ constants: { signals: Record<string, number> } }>("os")?.constants.signals;
}

/** Go's words for `signal`, which is known here. */
export function signalDescription(signal: string): string {
  return signalNames[signal] ?? `signal ${signalNumbers()?.[signal] as number}`;
}

/** Calls `listener` with Go's words for each of `signals` that arrives; answers how to stop that. */
export function onSignals(signals: readonly string[], listener: (words: string) => void): () => void {
  const known = signalNumbers();
  if (process === undefined || known === undefined)
    throw new TypeError("context.notifyContext: there are no signals here");
  if (signals.length === 0) throw new TypeError("context.notifyContext: signals must name at least one");
  for (const signal of signals) {
    if (!Object.hasOwn(known, signal) || signal === "SIGKILL" || signal === "SIGSTOP") {
      throw new TypeError(`context.notifyContext: there is no signal ${signal} that could be caught`);
    }
  }
  const heard = (signal: string): void => listener(signalDescription(signal));
  for (const signal of signals) process.on(signal, heard);
  return trackListener(signals.join(" "), () => {
    for (const signal of signals) process.off(signal, heard);
  });
}

/** Turns off Node's warning of more than ten listeners for `signal`, where the host's AbortSignal is Node's. */
export function disableMaxListenersWarning(signal: AbortSignal): void {
  const events = builtinModule<{ setMaxListeners(n: number, ...targets: EventTarget[]): void }>("events");
  tryOr(
    () => events?.setMaxListeners(0, signal),
    () => undefined,
  );
}

/** How many processors the host has, at least 1. */
export function availableParallelism(): number {
  const os = builtinModule<{ availableParallelism(): number }>("os");
  const browser = (globalThis as { navigator?: { hardwareConcurrency?: number } }).navigator;
  return os?.availableParallelism() ?? browser?.hardwareConcurrency ?? 1;
}
