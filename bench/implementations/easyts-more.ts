// easyts in the rows of contexts, and its mutex.

import { background, CanceleException, type Context } from "@king011/easyts/lib/es2022/context/context.js";
import { Mutex } from "@king011/easyts/lib/es2022/sync/mutex.js";
import { FAN_OUT, FAR } from "../rows/contexts.ts";
import type { Program } from "../rows/row.ts";
import type { LockAdapter } from "./implementation.ts";

const contextMake: Program = async (n) => {
  const parent = background().withCancel();
  let canceled = 0;
  for (let i = 0; i < n; i++) {
    const ctx = parent.withCancel();
    ctx.cancel();
    if (ctx.err instanceof CanceleException) canceled++;
  }
  parent.cancel();
  return canceled;
};

const contextTree: Program = async (n, meter) => {
  const root = background().withCancel();
  const tree: Context[] = [root];
  for (let i = 0; i < n; i++) tree.push((tree[Math.floor(i / FAN_OUT)] as Context).withCancel());
  meter.start();
  root.cancel();
  meter.stop();
  return tree.slice(1).filter((ctx) => ctx.err instanceof CanceleException).length;
};

const contextTimeout: Program = async (n) => {
  const parent = background().withCancel();
  let canceled = 0;
  for (let i = 0; i < n; i++) {
    const ctx = parent.withTimeout(FAR);
    ctx.cancel();
    if (ctx.err instanceof CanceleException) canceled++;
  }
  parent.cancel();
  return canceled;
};

export const mutex: LockAdapter<Mutex> = {
  make: () => new Mutex(),
  acquire: (lock) => lock.lock(),
  release: (lock) => lock.unlock(),
};

export const programs: Readonly<Record<string, Program>> = {
  "context-make": contextMake,
  "context-tree": contextTree,
  "context-timeout": contextTimeout,
};
