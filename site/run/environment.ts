// What the library looks up when it is loaded, which therefore is loaded after this module: `process`, and functions of the event loop.

import { installContexts } from "./context.ts";
import { WorkerProcess } from "./process.ts";
import { installTurns, type TurnListener } from "./turns.ts";

const { name: seed } = globalThis as unknown as { readonly name: string };

/** The process. Its seed is the name of the worker. */
export const workerProcess: WorkerProcess = new WorkerProcess({ GORO_DEBUG: "1", GORO_SEED: seed });

installContexts();

/** Begins to call the listener. */
export const watchTurns: (listener: TurnListener) => void = installTurns();

Object.assign(globalThis, { process: workerProcess });
