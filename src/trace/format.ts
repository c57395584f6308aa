// The format of a trace: JSON data from which every view is made, so that a trace can be recorded on one machine and viewed on another.
//
// The tables below are the only definition of the format. The types are inferred from them, `parseTrace` validates by them, and
// `traceSchema` is generated from them.

/**
 * The version of the format. It rises when a reader of the previous version would misread or refuse a trace. Version 2 added `line`, and
 * spells the status of a canceled job "canceled" (version 1: "cancelled").
 */
export const version: Trace["version"] = 2;

/** What a field holds. `list` names the list of the trace that has an entry with this id; 0 and null refer to no entry. */
export interface FieldKind {
  readonly type?: "string" | "number" | "integer";
  readonly minimum?: number;
  readonly enum?: readonly string[];
  readonly const?: string | number;
  readonly nullable?: true;
  readonly list?: "goroutines" | "channels" | "pools";
  /** The field is an array, of events or of records of this kind. */
  readonly arrayOf?: "goroutine" | "channel" | "pool" | "case" | "event";
}

// The kinds of fields. A table refers to them by name; a name with "?" marks a field that may be absent.
const kinds = {
  text: { type: "string" },
  number: { type: "number" },
  /** Milliseconds since the start of the recording. */
  instant: { type: "number", minimum: 0 },
  count: { type: "integer", minimum: 0 },
  id: { type: "integer", minimum: 1 },
  idOrNull: { type: "integer", minimum: 1, nullable: true },
  goroutine: { type: "integer", minimum: 1, list: "goroutines" },
  goroutineRef: { type: "integer", minimum: 0, nullable: true, list: "goroutines" },
  channel: { type: "integer", minimum: 1, list: "channels" },
  channelOrNull: { type: "integer", minimum: 1, nullable: true, list: "channels" },
  pool: { type: "integer", minimum: 1, list: "pools" },
  format: { const: "goro-trace" },
  version: { const: 2 },
  clock: { enum: ["real", "virtual"] },
  ending: { enum: ["running", "returned", "panicked", "blocked"] },
  direction: { enum: ["send", "receive"] },
  status: { enum: ["done", "failed", "canceled"] },
  goroutines: { arrayOf: "goroutine" },
  channels: { arrayOf: "channel" },
  pools: { arrayOf: "pool" },
  cases: { arrayOf: "case" },
  events: { arrayOf: "event" },
} as const;

const records = {
  goroutine: {
    /** The id that reports print. 1 is the main goroutine, and all code that runs in no goroutine. */
    id: "id",
    /** The name of its function, or "". */
    name: "text",
    /** The goroutine that started it; null for the main goroutine, and where it is not known. */
    parent: "goroutineRef",
  },
  channel: {
    /** Counted from 1, in the order in which channels first occur in the events. */
    id: "id",
    /** The name given to the channel, or "". */
    name: "text",
    /** How many values its buffer holds. */
    capacity: "count",
  },
  pool: {
    /** Counted from 1, in the order in which pools first occur in the events. */
    id: "id",
    /** The name of the pool's function, or "". */
    name: "text",
  },
  case: {
    /** The name of the case or, in an array, its index. */
    name: "text",
    /** What the case does: "send" or "receive". */
    operation: "direction",
    /** The channel of the case; null if the case is disabled. */
    channel: "channelOrNull",
  },
} as const;

const eventBase = {
  /** When it happened, in milliseconds since the start of the recording. Times never decrease from event to event. */
  at: "instant",
  /** The goroutine that did it, or to which it happened. */
  goroutine: "goroutineRef",
  /** With `sources: true`, the line of the program where it happened, from 1. */
  line: "id?",
} as const;

/** The fields of each type of event, besides `type` and those of {@link EventBase}. */
const events = {
  /** The goroutine started `child`. */
  go: {
    /** The id of the goroutine that was started. */
    child: "goroutine",
  },
  /** The goroutine panicked; its `end` follows. */
  panic: {
    /** The error, as text. */
    error: "text",
  },
  /** The goroutine returned or panicked. */
  end: {},
  /** The goroutine waits. */
  block: {
    /** The id of the wait, which its `unblock` has too. */
    wait: "id",
    /** Go's name of the wait reason, such as "chan receive". */
    operation: "text",
    /** The id of the channel of a send or a receive. */
    channel: "channel?",
    /** The cases of a select. */
    cases: "cases?",
  },
  /** The wait has ended. */
  unblock: {
    /** The id of the wait, from its `block`. */
    wait: "id",
    /** The goroutine that ended the wait. */
    by: "goroutineRef",
  },
  /** The goroutine sent a value. */
  send: {
    /** The id of the channel. */
    channel: "channel",
    /** The id of the value, the same as in its `receive`. */
    value: "id",
    /** How many values the buffer holds after the send. */
    length: "count",
    /** The goroutine that received the value directly; absent if the value went into the buffer. */
    to: "goroutineRef?",
    /** A preview of the value, with `values: true`. */
    text: "text?",
  },
  /** The goroutine received a value. */
  receive: {
    /** The id of the channel. */
    channel: "channel",
    /** The id of the value, the same as in its `send`. */
    value: "id",
    /** How many values the buffer holds after the receive. */
    length: "count",
    /** The goroutine that sent the value directly; absent if the value came from the buffer. */
    from: "goroutineRef?",
  },
  /** The channel was closed. */
  close: {
    /** The id of the channel. */
    channel: "channel",
  },
  /** A select was decided. */
  select: {
    /** The cases, in their order. */
    cases: "cases",
    /** The name of the case that was served, or "default". */
    chosen: "text",
  },
  /** A timer fired. */
  timer: {
    /** The function that set the timer, such as "time.sleep". */
    purpose: "text",
  },
  /** A context was canceled. */
  cancel: {
    /** The context, as it is printed. */
    context: "text",
    /** The cause, as text. */
    cause: "text",
  },
  /** A message was logged. */
  log: {
    /** The message. */
    text: "text",
  },
  /** The pool accepted the job. */
  accept: {
    /** The id of the pool. */
    pool: "pool",
    /** The number of the job in its pool, from 1. */
    job: "id",
  },
  /** The worker started the job. */
  start: {
    /** The id of the pool. */
    pool: "pool",
    /** The number of the job in its pool, from 1. */
    job: "id",
    /** The number of the worker, from 1. */
    worker: "id",
  },
  /** The job has its outcome. */
  finish: {
    /** The id of the pool. */
    pool: "pool",
    /** The number of the job in its pool, from 1. */
    job: "id",
    /** The number of the worker, from 1; null if no worker had started the job. */
    worker: "idOrNull",
    /** The outcome of the job: "done", "failed" or "canceled". */
    status: "status",
  },
} as const;

const trace = {
  /** Marks the JSON as a trace. */
  format: "format",
  /** The version of the format. */
  version: "version",
  /**
   * The clock of the times: "real", or "virtual" in a bubble, where only waiting for a timer takes time and the order of events says more
   * than their times.
   */
  clock: "clock",
  /** The instant of time 0, in milliseconds since the Unix epoch. */
  epoch: "number",
  /** When the recording ended, in milliseconds since its start. */
  end: "instant",
  /**
   * The state of the program at the end: "running"; "returned" if `main` has returned; "panicked"; "blocked" if every goroutine was waiting
   * and no timer was set.
   */
  ending: "ending",
  /** How many events followed after the limit of the recording was reached; they are not in `events`. */
  dropped: "count",
  /** The goroutines that events refer to. */
  goroutines: "goroutines",
  /** The channels that events refer to. */
  channels: "channels",
  /** The pools that events refer to. */
  pools: "pools",
  /** The events, in the order in which they happened. */
  events: "events",
} as const;

// ---- The types, inferred from the tables

type Kinds = typeof kinds;
type NameOf<F> = F extends `${infer K}?` ? K : F;

type Scalar<K> = K extends { readonly enum: readonly (infer E)[] }
  ? E
  : K extends { readonly const: infer C }
    ? C
    : K extends { readonly type: "string" }
      ? string
      : number;
type ValueOf<F> =
  NameOf<F> extends infer N extends keyof Kinds
    ? Kinds[N] extends { readonly arrayOf: infer A }
      ? readonly (A extends keyof Items ? Items[A] : never)[]
      : Scalar<Kinds[N]> | (Kinds[N] extends { readonly nullable: true } ? null : never)
    : never;

type OptionalKeys<R> = { [K in keyof R]: R[K] extends `${string}?` ? K : never }[keyof R];
type FieldsOf<R, K extends keyof R> = { readonly [P in K]: ValueOf<R[P]> };
type RecordOf<R> = FieldsOf<R, Exclude<keyof R, OptionalKeys<R>>> & Partial<FieldsOf<R, OptionalKeys<R>>>;

/** The same type, which an editor shows as one object. */
type Flat<T> = T extends infer Merged ? { [K in keyof Merged]: Merged[K] } : never;

interface Items {
  readonly goroutine: TracedGoroutine;
  readonly channel: TracedChannel;
  readonly pool: TracedPool;
  readonly case: TracedCase;
  readonly event: TraceEvent;
}

/** The id of a goroutine; 0 for the runtime itself, such as a timer; null if the host cannot say which goroutine it was. */
export type GoroutineRef = number | null;

/** A goroutine that events refer to. */
export interface TracedGoroutine extends RecordOf<typeof records.goroutine> {}

/** A channel that events refer to. */
export interface TracedChannel extends RecordOf<typeof records.channel> {}

/** A pool that events refer to. */
export interface TracedPool extends RecordOf<typeof records.pool> {}

/** One case of a select. */
export interface TracedCase extends RecordOf<typeof records.case> {}

/** The fields that all events have. */
export interface EventBase extends RecordOf<typeof eventBase> {}

/** The name of a type of event. */
export type EventType = keyof typeof events;

/** The events of one type, or of several. */
export type EventOf<K extends EventType> = {
  [T in K]: Flat<
    EventBase & {
      /** The type of the event, which decides which other fields it has. */
      readonly type: T;
    } & RecordOf<(typeof events)[T]>
  >;
}[K];

/** One step of a program, discriminated by its `type`. */
export type TraceEvent = EventOf<EventType>;

/** A recorded run of a program. */
export interface Trace extends RecordOf<typeof trace> {}

// ---- The tables, for the parser and the schema

/** The fields of an object, by name. */
export type Fields = Readonly<Record<string, FieldKind & { readonly isOptional: boolean }>>;

function toFields(table: Readonly<Record<string, string>>): Fields {
  const entries = Object.entries(table).map(([name, field]) => {
    const isOptional = field.endsWith("?");
    const kind: FieldKind = kinds[(isOptional ? field.slice(0, -1) : field) as keyof Kinds];
    return [name, { ...kind, isOptional }] as const;
  });
  return Object.fromEntries(entries);
}

/** The fields of a trace. */
export const traceFields: Fields = toFields(trace);

/** The fields of the records in the lists of a trace, by kind of record. */
export const recordFields: ReadonlyMap<string, Fields> = new Map(
  Object.entries(records).map(([kind, fields]) => [kind, toFields(fields)]),
);

/** The fields of each type of event. */
export const eventFields: ReadonlyMap<unknown, Fields> = new Map(
  Object.entries(events).map(([type, fields]) => [
    type,
    { type: { const: type, isOptional: false }, ...toFields({ ...eventBase, ...fields }) },
  ]),
);
