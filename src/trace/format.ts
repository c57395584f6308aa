// The format of a trace: what is written to a `.json` file, and what every picture is made from. It is data and nothing
// else, so that a trace can be made on one machine and looked at on another. The schema beside it says the same to a
// validator.

/** The version of the format. It grows when a reader of the version before would go wrong. */
export const version = 1;

/**
 * The number of a goroutine; 0 for the runtime itself, such as a timer; null where the host does not tell whose doing
 * it was.
 */
export type Who = number | null;

/** A goroutine that events name. */
export interface TracedGoroutine {
  /** The same number as in a report; 1 is the main goroutine, and all code that is in no goroutine. */
  readonly id: number;
  /** The name of its function, or "". */
  readonly name: string;
  /** Who started it; null for the main goroutine, and where that is not known. */
  readonly parent: Who;
}

/** A channel that events name. */
export interface TracedChannel {
  /** Counted from 1 in the order in which the trace met them. */
  readonly id: number;
  /** The name that it was given, or "". */
  readonly name: string;
  readonly capacity: number;
}

/** A pool that events name. */
export interface TracedPool {
  readonly id: number;
  /** The name of its function, or "". */
  readonly name: string;
}

/** One case of a select. */
export interface TracedCase {
  /** Its name or, in an array, its index. */
  readonly name: string;
  readonly operation: "send" | "receive";
  /** null if the case is off. */
  readonly channel: number | null;
}

interface Happened {
  /** When, in milliseconds since the start of the trace. Never less than that of the event before. */
  readonly at: number;
  /** Who did it, or to whom it happened. */
  readonly goroutine: Who;
}

/** One step of a program; its `type` says what it was. */
export type TraceEvent =
  /** It started `child`. */
  | (Happened & { readonly type: "go"; readonly child: number })
  /** It panicked; its end follows. */
  | (Happened & { readonly type: "panic"; readonly error: string })
  /** It returned or panicked. */
  | (Happened & { readonly type: "end" })
  /**
   * It waits, in an operation by Go's name, such as "chan send"; `cases` if that is a select. `wait` is the number of
   * this wait.
   */
  | (Happened & {
      readonly type: "block";
      readonly wait: number;
      readonly operation: string;
      readonly channel?: number;
      readonly cases?: readonly TracedCase[];
    })
  /** That wait is over, by the doing of `by`. */
  | (Happened & { readonly type: "unblock"; readonly wait: number; readonly by: Who })
  /**
   * A value leaves it: straight to the goroutine `to` or, if `to` is absent, into the buffer, which has `length` values
   * then. `value` is the number of the value, the same as in its `receive`; `text` is the value itself, as far as that
   * was asked for.
   */
  | (Happened & {
      readonly type: "send";
      readonly channel: number;
      readonly value: number;
      readonly length: number;
      readonly to?: Who;
      readonly text?: string;
    })
  /** The value comes to it: straight from the goroutine `from` or, if that is absent, out of the buffer. */
  | (Happened & {
      readonly type: "receive";
      readonly channel: number;
      readonly value: number;
      readonly length: number;
      readonly from?: Who;
    })
  | (Happened & { readonly type: "close"; readonly channel: number })
  /** A select is decided: `chosen` is the name of a case, or "default". */
  | (Happened & { readonly type: "select"; readonly cases: readonly TracedCase[]; readonly chosen: string })
  /** A timer goes off; `purpose` says for what it was set. */
  | (Happened & { readonly type: "timer"; readonly purpose: string })
  /** A context ends. */
  | (Happened & { readonly type: "cancel"; readonly context: string; readonly cause: string })
  | (Happened & { readonly type: "log"; readonly text: string })
  /** A pool has accepted a job, begins with it, and is done with it. `job` counts the jobs of one pool from 1. */
  | (Happened & { readonly type: "accept"; readonly pool: number; readonly job: number })
  | (Happened & { readonly type: "start"; readonly pool: number; readonly job: number; readonly worker: number })
  | (Happened & {
      readonly type: "finish";
      readonly pool: number;
      readonly job: number;
      readonly worker: number | null;
      readonly status: "done" | "failed" | "cancelled";
    });

/** The events of one type, or of several. */
export type EventOf<K extends TraceEvent["type"]> = Extract<TraceEvent, { readonly type: K }>;

/** A recorded run. */
export interface Trace {
  readonly format: "goro-trace";
  readonly version: typeof version;
  /**
   * In "virtual" time nothing takes time but waiting for a timer: there the order of events says more than their times.
   */
  readonly clock: "real" | "virtual";
  /** The instant of time 0, in milliseconds since the epoch. */
  readonly epoch: number;
  /** When the recording ended, in milliseconds since its start. */
  readonly end: number;
  /** What had become of the program by then; "blocked" if every goroutine waited, and no timer was left to wake one. */
  readonly ending: "running" | "returned" | "panicked" | "blocked";
  /** How many events came after the limit of the recording, and are not here. */
  readonly dropped: number;
  readonly goroutines: readonly TracedGoroutine[];
  readonly channels: readonly TracedChannel[];
  readonly pools: readonly TracedPool[];
  readonly events: readonly TraceEvent[];
}
