// The library in the worker. It is loaded after `process` has been defined, and runs the program in the bubble of `goro/testing/preload`. Of
// `goro/trace`, only the recorder is loaded.

import "../../src/testing/preload.ts";

export * as goro from "./library-core.ts";
export { now } from "../../src/testing/bubble.ts";
export { record, type Recording } from "../../src/trace/recorder.ts";
