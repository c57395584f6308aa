// The main goroutine: with it a script is a program as Go knows it, with Go's three ways to end.

import { currentWorld } from "../internal/world.ts";
import { asText } from "./foreign.ts";
import { Goroutine, type Owner, start } from "./go.ts";
import { exit, printAtOnce } from "./host.ts";
import { PanicError } from "./panic.ts";
import { mainIsRunning, reportOnQuit, setMainRunning, watchForTheEnd } from "./program.ts";

/**
 * Runs `f` as the program. When `f` returns the program is over, whatever other goroutines do, and the exit code is 0, or
 * `process.exitCode`. When `f` or any goroutine panics, the panic is printed and the exit code is 2. When everything is
 * blocked and nothing can ever wake it, `fatal error: all goroutines are asleep - deadlock!` is printed with what is
 * waited for, and the exit code is 2. As in Go, what is printed is out when the call returns, and SIGQUIT ends the program with a
 * report of what every goroutine does.
 *
 * `f` starts once the rest of the module has run. In a browser there is no program to end, and no deadlock is seen.
 *
 * Errors: throws `TypeError` if `f` is no function, {@link PanicError} while another `main` runs.
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
  if (typeof f !== "function") throw new TypeError(`main: f must be a function, got ${asText(f)}`);
  const world = currentWorld();
  if (world !== undefined) {
    world.main(f);
    return;
  }
  if (mainIsRunning) throw new PanicError("main: another main is running");
  setMainRunning(true);
  printAtOnce();
  watchForTheEnd();
  stopReporting = reportOnQuit();
  start(new Goroutine(1, f, [], theProgram));
}

let stopReporting = (): void => undefined;

const theProgram: Owner = {
  returned() {
    ended();
    exit();
  },
  panicked: ended,
};

function ended(): void {
  setMainRunning(false);
  stopReporting();
}
