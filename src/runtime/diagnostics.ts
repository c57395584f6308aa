// Events for loggers and tracers, by the diagnostics channels of the host. Without a subscriber an event costs a check.

import { builtinModule } from "./process.ts";

/** A channel of `node:diagnostics_channel`. */
interface DiagnosticsChannel {
  readonly hasSubscribers: boolean;
  publish(message: unknown): void;
}

/** The channels of an operation: `start`, `end`, `asyncStart`, `asyncEnd` and `error`. */
export interface TracingChannel {
  readonly hasSubscribers: boolean;

  /** Publishes the message `context` before and after the call of `f`, and when its promise has settled, with `result` or `error`. */
  tracePromise<R>(f: () => Promise<R>, context: object): Promise<R>;
}

interface DiagnosticsModule {
  channel(name: string): DiagnosticsChannel;
  tracingChannel?(name: string): TracingChannel;
}

const diagnostics = /* @__PURE__ */ builtinModule<DiagnosticsModule>("diagnostics_channel");
const panics = /* @__PURE__ */ diagnostics?.channel("goro.panic");

/** Returns the channels of the operation `name`; undefined on a host without them. */
export function tracingChannel(name: string): TracingChannel | undefined {
  return diagnostics?.tracingChannel?.(name);
}

/** Publishes a panic to the channel `goro.panic`. */
export function publishPanic(error: unknown, goroutine: { readonly id: number; readonly name: string }): void {
  if (panics?.hasSubscribers !== true) return;
  const { id, name } = goroutine;
  panics.publish({ error, goroutine: { id, name } });
}
