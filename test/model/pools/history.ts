// Random histories of a pool, as data: its options, how its results are read, and what is asked of it at which time.

import fc, { type Arbitrary } from "fast-check";

/** What the function does with one job. */
export interface JobSpec {
  /** How many milliseconds each call works; 0: it returns synchronously. */
  readonly ms: number;
  /** How many calls throw before one succeeds. */
  readonly fails: number;
  /** What a call does when its context ends: it returns, returns 3 ms later, works on, or never returns at all. */
  readonly manner: "listens" | "late" | "ignores" | "hangs";
  readonly priority: number;
  /** Whether the function calls `stop`: with its own context, which it awaits, or without one, which it does not await. */
  readonly stops?: "await" | "start";
}

/** The jobs of a `map`, and the reader of its results. A count of -1 means never. */
export interface MapSpec {
  readonly jobs: readonly JobSpec[];
  readonly source: "array" | "generator" | "async generator" | "channel";
  /** How many milliseconds the source takes for each job, unless it is synchronous. */
  readonly sourcePause: number;
  /** At which job the source throws. */
  readonly throwsAt: number;
  /** Whether the source throws when it is closed early. */
  readonly cleanupThrows: boolean;
  /** 0: the default. */
  readonly window: number;
  /** After how many results the reader leaves the loop. */
  readonly breakAfter: number;
  readonly readPause: number;
}

/** The number of a context of the callers, or none. A context that was canceled is followed by a new one. */
export type ContextIndex = 0 | 1 | null;

/** What is asked of the pool. */
export type Request =
  | { readonly kind: "send" | "submit"; readonly job: JobSpec; readonly ctx: ContextIndex }
  | { readonly kind: "trySend" | "trySubmit"; readonly job: JobSpec }
  | { readonly kind: "map"; readonly map: MapSpec; readonly ctx: ContextIndex }
  /** Cancels one of the tasks that were submitted before. */
  | { readonly kind: "cancelTask"; readonly task: number }
  | { readonly kind: "cancelContext"; readonly ctx: 0 | 1 }
  | { readonly kind: "cancelPool" }
  | { readonly kind: "resize"; readonly workers: number }
  /** `patience`: after how many milliseconds the context of the stop ends; -1: it has none. */
  | { readonly kind: "stop"; readonly patience: number }
  /** Compares `stats()` with what is known, when nothing moves. */
  | { readonly kind: "probe" }
  /** Only for a run: other code closes the channel of the results. */
  | { readonly kind: "closeResults" };

/** A request, some milliseconds after the one before. */
export type Step = Request & { readonly after: number };

export interface PoolSpec {
  readonly workers: number;
  readonly queue: number;
  readonly stopsOnError: boolean;
  readonly retries: number;
  readonly retryDelay: number;
  readonly jitter: number;
  readonly when: "always" | "never" | "throws";
  /** 0: none. */
  readonly timeout: number;
  readonly grace: number;
  /** The most calls in a second; 0: any number. */
  readonly rate: number;
  /** Whether `onEvent`, `onWorkerStart` and `onWorkerStop` throw, which is a panic each time and has no other effect. */
  readonly hooksThrow: boolean;
}

/** The reader of the results: the pauses between reads, repeated from the first; and the number of reads (-1: all). */
export interface ReaderSpec {
  readonly pauses: readonly number[];
  readonly takes: number;
  /** The capacity of the channel of results of a run. */
  readonly capacity: number;
}

export interface History {
  readonly pool: PoolSpec;
  readonly reader: ReaderSpec;
  readonly steps: readonly Step[];
  /** The seed of the bubble: in which order goroutines go on. */
  readonly seed: number;
}

// Few and small times, so that different ends often come at the same instant.
const moment = fc.constantFrom(0, 0, 1, 2, 3, 5, 10);

const job: Arbitrary<JobSpec> = fc.record(
  {
    ms: fc.constantFrom(0, 1, 2, 5, 10, 30),
    fails: fc.constantFrom(0, 0, 0, 1, 2, 9),
    manner: fc.constantFrom("listens", "listens", "listens", "late", "ignores", "hangs"),
    priority: fc.constantFrom(0, 0, 1, 2),
  },
  { noNullPrototype: true },
);

const stopping: Arbitrary<JobSpec> = fc
  .record({ job, stops: fc.constantFrom("await" as const, "start" as const) })
  .map(({ job: spec, stops }) => ({ ...spec, stops }));

const anyJob = fc.oneof({ weight: 25, arbitrary: job }, { weight: 1, arbitrary: stopping });

const map: Arbitrary<MapSpec> = fc.record(
  {
    jobs: fc.array(job, { maxLength: 6 }),
    source: fc.constantFrom("array", "generator", "async generator", "channel"),
    sourcePause: fc.constantFrom(0, 1, 3),
    throwsAt: fc.constantFrom(-1, -1, -1, 0, 2, 5),
    cleanupThrows: fc.constantFrom(false, false, false, true),
    window: fc.constantFrom(0, 0, 1, 2, 5),
    breakAfter: fc.constantFrom(-1, -1, -1, 0, 1, 3),
    readPause: fc.constantFrom(0, 0, 1, 5, 20),
  },
  { noNullPrototype: true },
);

const ctx = fc.constantFrom<ContextIndex>(null, null, 0, 1);

const step: Arbitrary<Step> = fc.oneof(
  each(6, fc.record({ kind: fc.constant("send"), job: anyJob, ctx, after: moment })),
  each(5, fc.record({ kind: fc.constant("submit"), job: anyJob, ctx, after: moment })),
  each(4, fc.record({ kind: fc.constantFrom("trySend", "trySubmit"), job: anyJob, after: moment })),
  each(2, fc.record({ kind: fc.constant("map"), map, ctx, after: moment })),
  each(2, fc.record({ kind: fc.constant("cancelTask"), task: fc.nat(5), after: moment })),
  each(2, fc.record({ kind: fc.constant("cancelContext"), ctx: fc.constantFrom(0, 1), after: moment })),
  each(1, fc.record({ kind: fc.constant("cancelPool"), after: moment })),
  each(2, fc.record({ kind: fc.constant("resize"), workers: fc.integer({ min: 1, max: 5 }), after: moment })),
  each(1, fc.record({ kind: fc.constant("stop"), patience: fc.constantFrom(-1, 0, 1, 5, 20), after: moment })),
  each(2, fc.record({ kind: fc.constant("probe"), after: moment })),
);

const closing = fc.record({ kind: fc.constant("closeResults"), after: moment }) as Arbitrary<Step>;

const pool: Arbitrary<PoolSpec> = fc.record(
  {
    workers: fc.integer({ min: 1, max: 4 }),
    queue: fc.constantFrom(0, 0, 1, 3, 50),
    stopsOnError: fc.constantFrom(false, false, false, true),
    retries: fc.constantFrom(0, 0, 1, 3),
    retryDelay: fc.constantFrom(0, 2, 5),
    jitter: fc.constantFrom(0, 0.5),
    when: fc.constantFrom("always", "always", "always", "never", "throws"),
    timeout: fc.constantFrom(0, 0, 1, 5, 10),
    grace: fc.constantFrom(0, 1, 10, 50),
    rate: fc.constantFrom(0, 0, 0, 200),
    hooksThrow: fc.constantFrom(false, false, false, true),
  },
  { noNullPrototype: true },
);

const reader: Arbitrary<ReaderSpec> = fc.record(
  {
    pauses: fc.array(fc.constantFrom(0, 0, 1, 2, 5, 20, 60), { minLength: 1, maxLength: 4 }),
    takes: fc.constantFrom(-1, -1, -1, 0, 1, 3),
    capacity: fc.constantFrom(0, 0, 1, 4),
  },
  { noNullPrototype: true },
);

/** A history with at most `steps` requests. It shrinks to fewer and simpler ones. `foreignClose`: other code may close the results. */
export function arbitraryHistory(steps: number, foreignClose: boolean = false): Arbitrary<History> {
  const any = foreignClose ? fc.oneof({ weight: 25, arbitrary: step }, { weight: 1, arbitrary: closing }) : step;
  return fc.record(
    { pool, reader, steps: fc.array(any, { maxLength: steps, size: "max" }), seed: fc.nat(1e6) },
    { noNullPrototype: true },
  );
}

function each<T>(weight: number, arbitrary: Arbitrary<T>): { weight: number; arbitrary: Arbitrary<T> } {
  return { weight, arbitrary };
}
