// Records a whole program: `GORO_TRACE=run.svg node --import goro/trace/preload program.js`. The file is written when
// the process ends, whatever ends it, in the form that its name says.

import { builtin, environment, onExit, programFile } from "../goroutine/host.ts";
import { formOf } from "./file/forms.ts";
import { record } from "./recorder.ts";
import { watch } from "./snapshot.ts";

interface FileSystem {
  writeFileSync(file: string, text: string): void;
}

const file = environment("GORO_TRACE");
if (file !== undefined) {
  const form = formOf(file);
  watch();
  const recording = record({ values: true, sources: true, console: true });
  onExit(() => {
    const title = programFile().split(/[\\/]/).slice(-2).join("/");
    builtin<FileSystem>("fs")?.writeFileSync(file, form(recording.stop(), title));
  });
}
