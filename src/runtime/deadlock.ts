// The program as a whole: whether it has a main goroutine, and what happens when the host has nothing left to run. Under
// `main` that is a deadlock, because `main` has not returned. Anywhere else it is an ordinary end, and with GORO_DEBUG=1 a warning
// lists the goroutines that still wait. Without either, nothing is installed in the process.

import { numGoroutine } from "./goroutine-count.ts";
import { otherCopies } from "../util/copies.ts";
import { inDebug, register } from "./goroutine-tracking.ts";
import { complain, exit, onIdle, onQuit } from "./process.ts";
import { type Operation, operations } from "./wait-reasons.ts";

/** The main goroutine has begun and not returned. */
export let mainIsRunning = false;

export function setMainRunning(running: boolean): void {
  mainIsRunning = running;
}

let watched = false;
let warned = false;

const wakeSources: (() => boolean)[] = [];

/** Adds a function that reports whether something outside of the program may still wake a goroutine, although the host is idle. */
export function addWakeSource(mayWake: () => boolean): void {
  wakeSources.push(mayWake);
}

/** How long the process is kept alive, in milliseconds, before the wake sources are asked again. */
const wakeInterval = 50;

/** Begins to watch for the end; only the first call does anything. */
export function watchForTheEnd(): void {
  if (watched) return;
  watched = true;
  onIdle(() => {
    if (mainIsRunning) {
      if (wakeSources.some((mayWake) => mayWake())) {
        setTimeout(() => undefined, wakeInterval);
        return;
      }
      complain(deadlock());
      exit(2);
    } else if (!warned && parked().length > 0) {
      warned = true;
      complain(warning());
    }
  });
}

/** While `main` runs, SIGQUIT ends the program with a report of what everybody does; answers how to stop that. */
export function reportOnQuit(): () => void {
  return onQuit(() => {
    complain(`SIGQUIT: quit\n\n${register?.report(true) ?? population() + hint}`);
    exit(2);
  });
}

if (inDebug) watchForTheEnd();

const hint = "GORO_DEBUG=1 tells of each goroutine where it was started and where it waits.\n";

function deadlock(): string {
  return `fatal error: all goroutines are asleep - deadlock!\n\n${register?.report() ?? summary() + hint}${otherCopies()}`;
}

function warning(): string {
  const waits = `goro: the program has ended, and nothing will ever wake what still waits: ${counts()}`;
  return `${waits}\n${register?.report() ?? hint}`;
}

// Which operation is whose is not known without the register, unless all are of one kind and there is one for each.
function summary(): string {
  const [only, ...rest] = parked();
  if (only === undefined) return "goroutine 1 [await]:\n\ta promise that is not goro's\n\n";
  if (rest.length > 0 || only.parked !== numGoroutine()) return `waiting: ${counts()}\n\n`;
  const others = only.parked - 1;
  return `goroutine 1 [${only.name}]:\n\n${others === 0 ? "" : `and ${others} more [${only.name}]\n\n`}`;
}

function population(): string {
  const all = numGoroutine();
  const waits = counts();
  return `${all} ${all === 1 ? "goroutine" : "goroutines"}${waits === "" ? "" : `; waiting: ${waits}`}\n\n`;
}

function counts(): string {
  return parked()
    .map((operation) => `${operation.parked} [${operation.name}]`)
    .join(", ");
}

function parked(): Operation[] {
  return operations.filter((operation) => operation.parked > 0);
}
