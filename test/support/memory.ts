// Measuring what is kept in memory.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { quiet } from "./promises.ts";

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

/** The bytes that are in use once all garbage is gone. */
export async function heapInUse(): Promise<number> {
  for (let i = 0; i < 4; i++) {
    await quiet();
    gc();
  }
  return process.memoryUsage().heapUsed;
}

/** Whether what `ref` points to is gone once all garbage is. */
export async function isCollected(ref: WeakRef<object>): Promise<boolean> {
  await heapInUse();
  return ref.deref() === undefined;
}
