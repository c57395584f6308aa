// The program as a whole: whether it has a main goroutine, and what happens when the host has nothing left to run. Under
// `main` that is a deadlock, because `main` has not returned. Anywhere else it is an ordinary end, and with GORO_DEBUG=1 a warning
// lists the goroutines that still wait. Without either, nothing is installed in the process.

import { numGoroutine } from "./goroutine-count.ts";
import { otherCopies } from "../util/copies.ts";
import { debugEnabled, globalRegistry } from "./goroutine-tracking.ts";
import { writeStderr, exit, onBeforeExit, onSigquit } from "./process.ts";
import { type WaitReason, waitReasons } from "./wait-reasons.ts";

/** The main goroutine has begun and not returned. */
export let isMainRunning = false;

export function setMainRunning(running: boolean): void {
  isMainRunning = running;
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

/** Whether something outside of the program may still wake a goroutine. If so, the process is kept alive for a while. */
export function mayBeWoken(): boolean {
  if (!wakeSources.some((mayWake) => mayWake())) return false;
  setTimeout(() => undefined, wakeInterval);
  return true;
}

/** Begins to watch for the end; only the first call does anything. */
export function installExitCheck(): void {
  if (watched) return;
  watched = true;
  onBeforeExit(() => {
    if (isMainRunning) {
      if (mayBeWoken()) return;
      writeStderr(deadlock());
      exit(2);
    } else if (!warned && parked().length > 0) {
      warned = true;
      writeStderr(warning());
    }
  });
}

/** While `main` runs, SIGQUIT ends the program with a report of what everybody does; answers how to stop that. */
export function installSigquitReport(): () => void {
  return onSigquit(() => {
    writeStderr(`SIGQUIT: quit\n\n${globalRegistry?.report(true) ?? goroutineSummary() + hint}`);
    exit(2);
  });
}

if (debugEnabled) installExitCheck();

const hint = "GORO_DEBUG=1 tells of each goroutine where it was started and where it waits.\n";

function deadlock(): string {
  return `fatal error: all goroutines are asleep - deadlock!\n\n${globalRegistry?.report() ?? summary() + hint}${otherCopies()}`;
}

function warning(): string {
  const waits = `goro: the program has ended, and nothing will ever wake what still waits: ${waitSummary()}`;
  return `${waits}\n${globalRegistry?.report() ?? hint}`;
}

// Which operation is whose is not known without the register, unless all are of one kind and there is one for each.
function summary(): string {
  const [only, ...rest] = parked();
  if (only === undefined) return "goroutine 1 [await]:\n\ta promise that is not goro's\n\n";
  if (rest.length > 0 || only.waiting !== numGoroutine()) return `waiting: ${waitSummary()}\n\n`;
  const others = only.waiting - 1;
  return `goroutine 1 [${only.name}]:\n\n${others === 0 ? "" : `and ${others} more [${only.name}]\n\n`}`;
}

function goroutineSummary(): string {
  const all = numGoroutine();
  const waits = waitSummary();
  return `${all} ${all === 1 ? "goroutine" : "goroutines"}${waits === "" ? "" : `; waiting: ${waits}`}\n\n`;
}

function waitSummary(): string {
  return parked()
    .map((operation) => `${operation.waiting} [${operation.name}]`)
    .join(", ");
}

function parked(): WaitReason[] {
  return waitReasons.filter((operation) => operation.waiting > 0);
}
