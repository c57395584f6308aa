/// <reference lib="esnext.disposable" preserve="true" />
// goro/trace: recordings of programs, pictures of them, and snapshots.

export { toChromeTrace } from "./chrome.ts";
export type {
  EventBase,
  EventOf,
  EventType,
  GoroutineRef,
  Trace,
  TracedCase,
  TracedChannel,
  TracedGoroutine,
  TracedPool,
  TraceEvent,
} from "./format.ts";
export { parseTrace } from "./parse.ts";
export { renderPool, renderTimeline } from "./pictures.ts";
export { log, record, type Recording, type RecordOptions } from "./recorder.ts";
export { type JsonSchema, traceSchema } from "./schema.ts";
export {
  type ChannelState,
  formatSnapshot,
  type GoroutineState,
  type Snapshot,
  snapshot,
  type WaitState,
  watchGoroutines,
} from "./snapshot.ts";
export { renderText } from "./text/text.ts";
export type { RenderPoolOptions, RenderTextOptions, RenderTimelineOptions, ViewRange } from "./view-options.ts";
export {
  type BlockedGoroutine,
  type CycleEdge,
  type PotentialWaker,
  type WaitForGraph,
  waitForGraph,
  type WaitTarget,
} from "./wait-for-graph.ts";
