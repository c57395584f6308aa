// Debug mode: `node --import goro/debug program.js` does what GORO_DEBUG=1 does. A program or a bundle that imports it before its other
// modules has it without the variable, and also without `main`.

import { installExitCheck } from "../runtime/deadlock.ts";
import { startTracking } from "../runtime/goroutine-tracking.ts";
import { writeStderr } from "../runtime/process.ts";
import { onOtherCopy } from "../util/copies.ts";

onOtherCopy((name) =>
  writeStderr(
    `goro/debug: the program loads another copy of goro, which has no debug mode: ${name}; see docs/copies.md\n`,
  ),
);

startTracking();
installExitCheck();
