// goro/trace: what a program did, and pictures of it.

export { chromeTrace } from "./chrome.ts";
export type { Trace, TracedCase, TracedChannel, TracedGoroutine, TracedPool, TraceEvent, Who } from "./format.ts";
export { type Asleep, type CircleLink, type Need, type Other, type WaitsAtTheEnd, waitsAtTheEnd } from "./knot.ts";
export { parseTrace } from "./parse.ts";
export { poolPicture, type PoolPictureOptions } from "./poolpicture.ts";
export { log, record, type Recording, type RecordOptions } from "./recorder.ts";
export { type Schema, schema } from "./schema.ts";
export {
  type ChannelState,
  formatSnapshot,
  type GoroutineState,
  type Snapshot,
  snapshot,
  type WaitState,
  watch,
} from "./snapshot.ts";
export { type TerminalOptions, terminalView } from "./terminal.ts";
export { timeline, type TimelineOptions } from "./timeline.ts";
