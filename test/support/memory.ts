// Measuring memory.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { quiet } from "./promises.ts";

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

/** Returns the bytes in use after a complete garbage collection. */
export async function heapInUse(): Promise<number> {
  for (let i = 0; i < 4; i++) {
    await quiet();
    gc();
  }
  return process.memoryUsage().heapUsed;
}

/** Reports whether the target of `ref` has been collected after a complete garbage collection. */
export async function isCollected(ref: WeakRef<object>): Promise<boolean> {
  const [result] = await areCollected([ref]);
  return result as boolean;
}

/** Reports for each of `refs` whether its target has been collected after a complete garbage collection. */
export async function areCollected(refs: readonly WeakRef<object>[]): Promise<boolean[]> {
  await heapInUse();
  return refs.map((ref) => ref.deref() === undefined);
}
