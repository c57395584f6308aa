// Records a whole program: `GORO_TRACE=run.svg node --import goro/trace/preload program.js`. The file is written when
// the process ends, whatever ends it, in the form that its name says. Whatever goes wrong with that, the program ends as
// it would have ended.

import { onOtherCopy } from "../util/copies.ts";
import { toError } from "../util/inspect.ts";
import { builtinModule, writeStderr, getEnv, exit, onExit, makeStdioBlocking, mainScript } from "../runtime/process.ts";
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
    const title = mainScript().split(/[\\/]/).slice(-2).join("/");
    try {
      builtinModule<FileSystem>("fs")?.writeFileSync(file, form(recording.stop(), title));
    } catch (error) {
      writeStderr(`goro/trace: ${file} was not written: ${toError(error).message}\n`);
    }
  });
}

const file = getEnv("GORO_TRACE");
if (file !== undefined) {
  onOtherCopy((name) =>
    writeStderr(
      `goro/trace/preload: the program loads a goro of its own, which is not recorded: ${name}; see docs/copies.md\n`,
    ),
  );
  try {
    recordInto(file, formatterFor(file));
  } catch (error) {
    makeStdioBlocking();
    writeStderr(`${toError(error).message}\n`);
    exit(1);
  }
}
