// The main goroutine: with it a script is a program as Go knows it, with Go's three ways to end.

import { currentRealm } from "./realm.ts";
import { checkFunction } from "../util/validate.ts";
import { Goroutine, type GoroutineObserver, start } from "./goroutine.ts";
import { exit, makeStdioBlocking } from "./process.ts";
import { PanicError } from "./panic.ts";
import { isMainRunning, installSigquitReport, setMainRunning, installExitCheck } from "./deadlock.ts";

/**
 * Runs `f` as the program, which ends in one of Go's three ways:
 *
 * - When `f` returns, the program ends, whatever other goroutines do. The exit code is 0, or `process.exitCode`.
 * - When `f` or any goroutine panics, the listeners for `uncaughtExceptionMonitor` and `uncaughtException` get the error. Then the
 *   panic is printed, and the exit code is 2. A listener cannot prevent that, and is not waited for.
 * - When every goroutine is blocked and nothing can ever wake one, `fatal error: all goroutines are asleep - deadlock!` is printed
 *   with what is waited for, and the exit code is 2.
 *
 * As in Go, what is printed is out when the call returns, and SIGQUIT ends the program with a report of what every goroutine does.
 *
 * `f` starts once the rest of the module has run. In a browser there is no process to end: a panic is an uncaught exception, and no
 * deadlock is detected.
 *
 * @throws {TypeError} if `f` is not a function, or is a generator function. {@link PanicError} while another `main` runs.
 *
 * Mirrors `func main` and the runtime around it.
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
  makeStdioBlocking();
  installExitCheck();
  removeSigquitHandler = installSigquitReport();
  start(new Goroutine(1, f, [], mainObserver));
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
  removeSigquitHandler();
}
