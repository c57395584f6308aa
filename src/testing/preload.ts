// Runs a program in virtual time: `node --import goro/testing/preload program.js`. Its `main` runs in a bubble whose seed is GORO_SEED, or 1.
// The program ends with the same output and exit code as in real time.

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
void program.result.then(({ status, value, goroutine, report }) => {
  if (status === "panicked") writeStderr(formatPanic(value, goroutine, report));
  if (status === "deadlocked") writeStderr(`fatal error: all goroutines are asleep - deadlock!\n\n${report}`);
  if (status === "returned") exit();
  else exit(2);
});
