// The host's async context: what `AsyncLocalStorage` carries from a call to all that follows from it, such as the id of a request.

import { builtin } from "./host.ts";

/** The async context of the moment in which it was captured. */
export interface AsyncContext {
  /** Calls `f` in that context, and returns what it returns. */
  runInAsyncScope<R>(f: () => R): R;
}

interface Hooks {
  AsyncResource: new (type: string) => AsyncContext;
}

const hooks = builtin<Hooks>("async_hooks");

/** Captures the async context of the caller, where the host has them; it takes some 30 ns. */
export function captureAsyncContext(): AsyncContext | null {
  return hooks === undefined ? null : new hooks.AsyncResource("goro");
}
