// What happens when the host has nothing left to run. Under `main` that is a deadlock, because `main` has not returned. Otherwise the
// program ends normally, and with GORO_DEBUG=1 a warning lists the goroutines that are still blocked. Without either, nothing is installed
// in the process.

import { deadlockHints, mayBeWoken } from "./deadlock-info.ts";
import { numGoroutine } from "./goroutine.ts";
import { otherCopies } from "../util/copies.ts";
import { debugEnabled, globalRegistry } from "./goroutine-tracking.ts";
import { writeStderr, exit, onBeforeExit, onSigquit } from "./process.ts";
import { type WaitReason, waitReasons } from "./wait-reasons.ts";

/** Whether the main goroutine has started and not returned. */
export let isMainRunning = false;

/** Sets {@link isMainRunning}. */
export function setMainRunning(running: boolean): void {
  isMainRunning = running;
}

let isInstalled = false;
let hasWarned = false;

/** Checks for goroutines that are blocked when the host is idle. Only the first call has an effect. */
export function installExitCheck(): void {
  if (isInstalled) return;
  isInstalled = true;
  onBeforeExit(() => {
    if (isMainRunning) {
      if (mayBeWoken()) return;
      writeStderr(deadlock());
      exit(2);
    } else if (!hasWarned && blockedReasons().length > 0) {
      hasWarned = true;
      writeStderr(warning());
    }
  });
}

/** Makes SIGQUIT end the program with a report of all goroutines. Returns a function that undoes that. */
export function installSigquitReport(): () => void {
  return onSigquit(() => {
    writeStderr(`SIGQUIT: quit\n\n${globalRegistry?.report(true) ?? goroutineSummary() + hint}`);
    exit(2);
  });
}

if (debugEnabled) installExitCheck();

const hint = "Set GORO_DEBUG=1 to list each goroutine with where it was started and where it waits.\n";

function deadlock(): string {
  return `fatal error: all goroutines are asleep - deadlock!\n\n${globalRegistry?.report() ?? summary() + hint}${deadlockHints()}${otherCopies()}`;
}

function warning(): string {
  const count = blockedReasons().reduce((sum, { waiting }) => sum + waiting, 0);
  const goroutines = count === 1 ? "goroutine" : "goroutines";
  return `goro: process exiting with ${count} ${goroutines} still blocked: ${waitSummary()}\n${globalRegistry?.report() ?? hint}`;
}

// Without the registry, the goroutine of an operation is known only if all wait for the same reason, one for each goroutine.
function summary(): string {
  const [only, ...others] = blockedReasons();
  if (only === undefined) return "goroutine 1 [await]:\n\texternal promise\n\n";
  if (others.length > 0 || only.waiting !== numGoroutine()) return `waiting: ${waitSummary()}\n\n`;
  const more = only.waiting - 1;
  return `goroutine 1 [${only.name}]:\n\n${more === 0 ? "" : `and ${more} more [${only.name}]\n\n`}`;
}

function goroutineSummary(): string {
  const count = numGoroutine();
  const waits = waitSummary();
  return `${count} ${count === 1 ? "goroutine" : "goroutines"}${waits === "" ? "" : `; waiting: ${waits}`}\n\n`;
}

function waitSummary(): string {
  return blockedReasons()
    .map((reason) => `${reason.waiting} [${reason.name}]`)
    .join(", ");
}

function blockedReasons(): WaitReason[] {
  return waitReasons.filter((reason) => reason.waiting > 0);
}
