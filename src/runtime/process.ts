// The functions of the host process that the library uses. They are looked up and not imported, so that the same file runs in a browser,
// which has no process.

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

const process = /* @__PURE__ */ findProcess();

function findProcess(): Process | undefined {
  const { process } = globalThis as unknown as { process?: Process };
  return typeof process?.exit === "function" && typeof process.on === "function" ? process : undefined;
}

/** Whether the host has a process that can exit. */
export const hasProcess: boolean = process !== undefined;

/** Returns a builtin module of the host; undefined if it has none of that name. */
export function builtinModule<M>(name: string): M | undefined {
  return process?.getBuiltinModule?.(name) as M | undefined;
}

/** Calls `storage.disable`, which only saves the cost of the hooks: an `AsyncLocalStorage` of Cloudflare Workers throws there. */
export function disableStorage(storage: { disable(): void }): void {
  try {
    storage.disable();
  } catch {
    // The host has no hooks to turn off.
  }
}

/** Returns the value of an environment variable. */
export function getEnv(name: string): string | undefined {
  return process?.env[name];
}

/** Calls `listener` when the event loop is empty: without timers, sockets and runnable promises. */
export function onBeforeExit(listener: () => void): void {
  process?.on("beforeExit", listener);
}

/** Calls `listener` when the process exits, for any reason. `listener` must be synchronous. */
export function onExit(listener: () => void): void {
  process?.on("exit", listener);
}

/** Calls `listener` on SIGQUIT, unless the program has its own listener for that signal. Returns a function that removes it. */
export function onSigquit(listener: () => void): () => void {
  const onSignal = (): void => {
    if (process?.listenerCount("SIGQUIT") === 1) listener();
  };
  process?.on("SIGQUIT", onSignal);
  return () => process?.off("SIGQUIT", onSignal);
}

/** Returns the file that the process runs; "" if there is none. */
export function mainScript(): string {
  return process?.argv?.[1] ?? "";
}

/** Writes to stderr, or to the console on a host without stderr. */
export function writeStderr(text: string): void {
  if (process === undefined) console.error(text);
  else process.stderr.write(text);
}

/**
 * Makes writes to stdout and stderr synchronous, as in Go. Otherwise output to a pipe with a slow reader is kept in memory, and the process
 * could not exit before it has been read.
 */
export function makeStdioBlocking(): void {
  process?.stdout._handle?.setBlocking?.(true);
  process?.stderr._handle?.setBlocking?.(true);
}

/** Exits after the output has been written; without a code, with `process.exitCode`. Does nothing in a browser. */
export function exit(code?: number): void {
  if (process === undefined) return;
  if (code !== undefined) process.exitCode = code;
  const unwritten = [process.stdout, process.stderr].find((stream) => stream.writableLength);
  if (unwritten === undefined) process.exit();
  else unwritten.write("", () => exit());
}

/**
 * Calls the listeners of the process for an uncaught exception, the monitors first, as the host does before it exits. Returns the errors
 * that they have thrown.
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

// The strings of Go's signals (the table of package syscall for Linux), if they are not "signal N".
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

/** Returns Go's string for `signal`, which must be a known name. */
export function signalDescription(signal: string): string {
  return signalNames[signal] ?? `signal ${signalNumbers()?.[signal] as number}`;
}

/** Calls `listener` with Go's string for each of `signals` that arrives. Returns a function that removes the listeners. */
export function onSignals(signals: readonly string[], listener: (description: string) => void): () => void {
  const known = signalNumbers();
  if (process === undefined || known === undefined)
    throw new TypeError("context.notifyContext: the host has no process signals");
  if (signals.length === 0) throw new TypeError("context.notifyContext: signals must name at least one");
  for (const signal of signals) {
    if (!Object.hasOwn(known, signal) || signal === "SIGKILL" || signal === "SIGSTOP") {
      throw new TypeError(`context.notifyContext: unknown or uncatchable signal ${signal}`);
    }
  }
  const onSignal = (signal: string): void => listener(signalDescription(signal));
  for (const signal of signals) process.on(signal, onSignal);
  return trackListener(signals.join(" "), () => {
    for (const signal of signals) process.off(signal, onSignal);
  });
}

/** Disables Node's MaxListenersExceededWarning for `signal`. */
export function disableMaxListenersWarning(signal: AbortSignal): void {
  const events = builtinModule<{ setMaxListeners(n: number, ...targets: EventTarget[]): void }>("events");
  tryOr(
    () => events?.setMaxListeners(0, signal),
    () => undefined,
  );
}

/** Returns the number of processors of the host, at least 1. */
export function availableParallelism(): number {
  const os = builtinModule<{ availableParallelism(): number }>("os");
  const browser = (globalThis as { navigator?: { hardwareConcurrency?: number } }).navigator;
  return os?.availableParallelism() ?? browser?.hardwareConcurrency ?? 1;
}
