// The platform's own contexts: an AbortSignal that follows another by `AbortSignal.any`.

import { FAN_OUT, FAR } from "../rows/contexts.ts";
import type { Program } from "../rows/row.ts";
import type { Implementation } from "./implementation.ts";

const contextMake: Program = async (n) => {
  const parent = new AbortController();
  let aborted = 0;
  for (let i = 0; i < n; i++) {
    const own = new AbortController();
    const signal = AbortSignal.any([parent.signal, own.signal]);
    own.abort();
    if (signal.aborted) aborted++;
  }
  return aborted;
};

const contextTree: Program = async (n, meter) => {
  const root = new AbortController();
  const tree: AbortSignal[] = [root.signal];
  for (let i = 0; i < n; i++) {
    tree.push(AbortSignal.any([tree[Math.floor(i / FAN_OUT)] as AbortSignal, new AbortController().signal]));
  }
  meter.start();
  root.abort();
  meter.stop();
  return tree.slice(1).filter((signal) => signal.aborted).length;
};

const contextTimeout: Program = async (n) => {
  const parent = new AbortController();
  let aborted = 0;
  for (let i = 0; i < n; i++) {
    const own = new AbortController();
    const signal = AbortSignal.any([parent.signal, own.signal]);
    // `AbortSignal.timeout` cannot be canceled.
    const timer = setTimeout(() => own.abort(), FAR);
    clearTimeout(timer);
    own.abort();
    if (signal.aborted) aborted++;
  }
  return aborted;
};

export const implementation: Implementation = {
  name: "abort-signal",
  package: null,
  adapters: {},
  programs: { "context-make": contextMake, "context-tree": contextTree, "context-timeout": contextTimeout },
};
