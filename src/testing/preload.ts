// Runs a whole program in virtual time: `node --import goro/testing/preload program.js`. Its `main` runs in a bubble whose
// seed is GORO_SEED, or 1, and ends as it would in real time: with what it prints, and its exit code.

import { onOtherCopy } from "../util/copies.ts";
import { exit, onBeforeExit, writeStderr } from "../runtime/process.ts";
import { formatPanic } from "../runtime/panic.ts";
import { Bubble, defaultSeed, tracker } from "./bubble.ts";

onOtherCopy((name) =>
  writeStderr(
    `goro/testing/preload: the program loads another copy of goro, which runs in real time: ${name}; see docs/copies.md\n`,
  ),
);

const program = new Bubble(defaultSeed());
tracker.enableGlobally(program);
onBeforeExit(() => program.endIdleProgram());
void program.ending.then(({ status: way, value, goroutine, report }) => {
  if (way === "panicked") writeStderr(formatPanic(value, goroutine, report));
  if (way === "deadlocked") writeStderr(`fatal error: all goroutines are asleep - deadlock!\n\n${report}`);
  if (way === "returned") exit();
  else exit(2);
});
