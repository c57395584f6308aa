// The main goroutine, which makes a script a program that ends as one in Go does.

import { currentRealm } from "./realm.ts";
import { checkFunction } from "../util/validate.ts";
import { Goroutine, type GoroutineObserver, setPanicHandler, start } from "./goroutine.ts";
import { globalRegistry } from "./goroutine-tracking.ts";
import { exit, hasProcess, makeStdioBlocking, showUncaught, writeStderr } from "./process.ts";
import { formatPanic, PanicError } from "./panic.ts";
import { isMainRunning, installSigquitReport, setMainRunning, installExitCheck } from "./deadlock.ts";

/**
 * Runs `f` as the program. It ends as in Go:
 *
 * - When `f` returns, the program ends, even if other goroutines are running. The exit code is 0, or `process.exitCode`.
 * - When `f` or any goroutine panics, the listeners for `uncaughtExceptionMonitor` and `uncaughtException` get the error. Then the
 *   panic is printed, and the exit code is 2. A listener cannot prevent that, and its promise is not awaited.
 * - When every goroutine is blocked and nothing can wake one, `fatal error: all goroutines are asleep - deadlock!` is printed
 *   with the wait reasons, and the exit code is 2.
 *
 * As in Go, output is written before a print call returns, and SIGQUIT ends the program with a report of all goroutines.
 *
 * `f` starts after the module has run. A browser has no process to end: a panic is an uncaught exception, and deadlocks are not
 * detected.
 *
 * @throws {TypeError} if `f` is not a function, or is a generator function. {@link PanicError} while another `main` runs.
 *
 * @see [program execution](https://go.dev/ref/spec#Program_execution)
 *
 * @example
 * main(async () => {
 *   const ch = new Channel<string>();
 *   go(() => ch.send("ping"));
 *   console.log((await ch.receive()).value);
 * });
 */
export function main(f: () => unknown): void {
  checkFunction("main", f);
  const realm = currentRealm();
  if (realm !== undefined) {
    realm.main(f);
    return;
  }
  if (isMainRunning) throw new PanicError("main: another main is running");
  setMainRunning(true);
  if (hasProcess) setPanicHandler(endByPanic);
  makeStdioBlocking();
  installExitCheck();
  removeSigquitHandler = installSigquitReport();
  start(new Goroutine(1, f, [], mainObserver));
}

// Go's report, and exit code 2.
function endByPanic(error: unknown, goroutine: Goroutine): void {
  // Write synchronously, so that no timer can fire before the process exits.
  makeStdioBlocking();
  const failures = showUncaught(error);
  writeStderr(formatPanic(error, goroutine.id, globalRegistry?.origin(goroutine) ?? ""));
  for (const failure of failures) writeStderr(formatPanic(failure, goroutine.id, ""));
  exit(2);
}

let removeSigquitHandler = (): void => undefined;

const mainObserver: GoroutineObserver = {
  onReturn() {
    onMainExit();
    exit();
  },
  onPanic: onMainExit,
};

function onMainExit(): void {
  setMainRunning(false);
  setPanicHandler(null);
  removeSigquitHandler();
}
