// Measures memory.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { quiet } from "./promises.ts";

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

/** The bytes in use after a garbage collection. */
export async function heapInUse(): Promise<number> {
  for (let i = 0; i < 4; i++) {
    await quiet();
    gc();
  }
  return process.memoryUsage().heapUsed;
}

/** Whether the target of `ref` is gone after a garbage collection. */
export async function isCollected(ref: WeakRef<object>): Promise<boolean> {
  await heapInUse();
  return ref.deref() === undefined;
}
