// goro/trace: what a program did, and pictures of it.

export type {
  Trace,
  TracedCase,
  TracedChannel,
  TracedGoroutine,
  TracedPool,
  TraceEvent,
  version,
  Who,
} from "./format.ts";
export { log, record, type Recording, type RecordOptions } from "./recorder.ts";
export {
  type ChannelState,
  formatSnapshot,
  type GoroutineState,
  type Snapshot,
  snapshot,
  type WaitState,
  watch,
} from "./snapshot.ts";
