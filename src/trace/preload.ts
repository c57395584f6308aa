// Records a whole program: `GORO_TRACE=run.svg node --import goro/trace/preload program.js`. The file is written when
// the process ends, whatever ends it, in the form that its name says. Whatever goes wrong with that, the program ends as
// it would have ended.

import { onOtherCopy } from "../goroutine/copies.ts";
import { asError } from "../goroutine/foreign.ts";
import { builtin, complain, environment, exit, onExit, printAtOnce, programFile } from "../goroutine/host.ts";
import { type Formatter, formatterFor } from "./output-formats.ts";
import { record } from "./recorder.ts";
import { watch } from "./snapshot.ts";

interface FileSystem {
  writeFileSync(file: string, text: string): void;
}

/** Records from now on, and writes `file` at the end. */
function recordInto(file: string, form: Formatter): void {
  watch();
  const recording = record({ values: true, sources: true, console: true });
  onExit(() => {
    const title = programFile().split(/[\\/]/).slice(-2).join("/");
    try {
      builtin<FileSystem>("fs")?.writeFileSync(file, form(recording.stop(), title));
    } catch (error) {
      complain(`goro/trace: ${file} was not written: ${asError(error).message}\n`);
    }
  });
}

const file = environment("GORO_TRACE");
if (file !== undefined) {
  onOtherCopy((name) =>
    complain(
      `goro/trace/preload: the program loads a goro of its own, which is not recorded: ${name}; see docs/copies.md\n`,
    ),
  );
  try {
    recordInto(file, formatterFor(file));
  } catch (error) {
    printAtOnce();
    complain(`${asError(error).message}\n`);
    exit(1);
  }
}
