// Random histories of a pool, as data: its options, the reader of its results, and the requests with their times.

import fc, { type Arbitrary } from "fast-check";

/** The behavior of the function for one job. */
export interface JobSpec {
  /** The duration of each call in milliseconds; 0: it returns synchronously. */
  readonly ms: number;
  /** The number of calls that throw before one succeeds. */
  readonly fails: number;
  /** The behavior of a call after its context is canceled: it returns, returns 3 ms later, continues, or never returns. */
  readonly manner: "listens" | "late" | "ignores" | "hangs";
  readonly priority: number;
  /** Whether the function calls `stop`: with its own context, which it awaits, or without one, which it does not await. */
  readonly stops?: "await" | "start";
}

/** The jobs of a `map`, and the reader of its results. A count of -1 means never. */
export interface MapSpec {
  readonly jobs: readonly JobSpec[];
  readonly source: "array" | "generator" | "async generator" | "channel";
  /** The time of the source for each job in milliseconds, unless it is synchronous. */
  readonly sourcePause: number;
  /** The index of the job at which the source throws. */
  readonly throwsAt: number;
  /** Whether the source throws when it is closed early. */
  readonly cleanupThrows: boolean;
  /** 0: the default. */
  readonly window: number;
  /** The number of results after which the reader leaves the loop. */
  readonly breakAfter: number;
  readonly readPause: number;
}

/** The index of a context of the callers, or none. A canceled context is replaced by a new one. */
export type ContextIndex = 0 | 1 | null;

/** A request to the pool. */
export type Request =
  | { readonly kind: "send" | "submit"; readonly job: JobSpec; readonly ctx: ContextIndex }
  | { readonly kind: "trySend" | "trySubmit"; readonly job: JobSpec }
  | { readonly kind: "map"; readonly map: MapSpec; readonly ctx: ContextIndex }
  /** Cancels one of the tasks that were submitted before. */
  | { readonly kind: "cancelTask"; readonly task: number }
  | { readonly kind: "cancelContext"; readonly ctx: 0 | 1 }
  | { readonly kind: "cancelPool" }
  | { readonly kind: "resize"; readonly workers: number }
  /** `timeout`: the timeout of the context of the stop in milliseconds; -1: no context. */
  | { readonly kind: "stop"; readonly timeout: number }
  /** Compares `stats()` with the record while all goroutines block. */
  | { readonly kind: "probe" }
  /** Only for a run: other code closes the results channel. */
  | { readonly kind: "closeResults" };

/** A request, `after` milliseconds after the previous one. */
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
  /** The maximum number of calls per second; 0: unlimited. */
  readonly rate: number;
  /** Whether `onEvent`, `onWorkerStart` and `onWorkerStop` throw. Each throw is a panic without further effects. */
  readonly hooksThrow: boolean;
}

/** The reader of the results: its pauses, used cyclically, and the number of results after which it stops (-1: all). */
export interface ReaderSpec {
  readonly pauses: readonly number[];
  readonly takes: number;
  /** The capacity of the results channel of a run. */
  readonly capacity: number;
}

export interface History {
  readonly pool: PoolSpec;
  readonly reader: ReaderSpec;
  readonly steps: readonly Step[];
  /** The seed of the bubble, which determines the order of its goroutines. */
  readonly seed: number;
}

// A few small times, so that different ends often occur at the same instant.
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
  each(1, fc.record({ kind: fc.constant("stop"), timeout: fc.constantFrom(-1, 0, 1, 5, 20), after: moment })),
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
