// Records a program: `GORO_TRACE=run.svg node --import goro/trace/preload program.js`. The file is written when the process exits, for
// whatever reason, in the format of its extension. An error in recording or writing does not change how the program ends.

import { builtinModule, exit, getEnv, mainScript, makeStdioBlocking, onExit, writeStderr } from "../runtime/process.ts";
import { onOtherCopy } from "../util/copies.ts";
import { toError } from "../util/inspect.ts";
import { type Formatter, formatterFor } from "./output-formats.ts";
import { record } from "./recorder.ts";
import { watchGoroutines } from "./snapshot.ts";

interface FileSystem {
  writeFileSync(file: string, text: string): void;
}

/** Records from now on, and writes `file` when the process exits. */
function recordToFile(file: string, format: Formatter): void {
  watchGoroutines();
  const recording = record({ values: true, sources: true, console: true });
  onExit(() => {
    const title = mainScript().split(/[\\/]/).slice(-2).join("/");
    try {
      builtinModule<FileSystem>("fs")?.writeFileSync(file, format(recording.stop(), title));
    } catch (error) {
      writeStderr(`goro/trace: ${file} was not written: ${toError(error).message}\n`);
    }
  });
}

const file = getEnv("GORO_TRACE");
if (file !== undefined) {
  onOtherCopy((name) =>
    writeStderr(
      `goro/trace/preload: the program loads another copy of goro, which is not recorded: ${name}; see docs/copies.md\n`,
    ),
  );
  try {
    recordToFile(file, formatterFor(file));
  } catch (error) {
    makeStdioBlocking();
    writeStderr(`${toError(error).message}\n`);
    exit(1);
  }
}
