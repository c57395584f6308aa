/// <reference lib="esnext.disposable" preserve="true" />
// Go's concurrency in TypeScript: the one door of the library.

export type { EmitterLike as Emitter } from "./interop/emitter.ts";
export { type EventChannel, type FromEventsOptions as EventOptions, fromEvents } from "./interop/events.ts";
export type { FromSourceOptions as FeedOptions } from "./interop/pump.ts";
export { fromIterable, fromReadableStream } from "./interop/from-iterable.ts";
export {
  type ToReadableStreamOptions as ReadableOptions,
  toReadableStream,
  toWritableStream,
  type ToWritableStreamOptions as WritableOptions,
} from "./interop/to-stream.ts";
export {
  Channel,
  type ChannelOptions,
  type ReceiveChannel,
  type ReceiveResult as Received,
  type SendChannel,
} from "./channel/channel.ts";
export {
  type SelectCases as NamedCases,
  receive,
  type ReceiveCase,
  select,
  type SelectResult as Selected,
  send,
  type SendCase,
} from "./channel/select.ts";
export * as time from "./time/time.ts";
export type { Context } from "./context/context.ts";
export * as context from "./context/api.ts";
export { defer, type DeferHandle as Deferred } from "./runtime/defer.ts";
export { numGoroutine } from "./runtime/goroutine-count.ts";
export { go, gosched, numCPU } from "./runtime/goroutine.ts";
export { main } from "./runtime/main.ts";
export { PanicError } from "./runtime/panic.ts";
export { ErrGroup } from "./sync/errgroup.ts";
export type { LatencyStats as Latency } from "./pool/histogram.ts";
export type { MapOptions } from "./pool/ordered-results.ts";
export type { PoolStats, WorkerStats } from "./pool/stats.ts";
export type { PoolEvent, PoolFunc, PoolOptions, RetryOptions, RunPoolOptions as RunOptions } from "./pool/options.ts";
export type {
  JobCanceled as Canceled,
  JobDone as Done,
  JobFailed as Failed,
  JobOutcome as Outcome,
} from "./pool/outcome.ts";
export { RateLimiter, type Reservation } from "./sync/rate-limiter.ts";
export { type RunReport, StoppedError, type StopReport } from "./pool/report.ts";
export { runPool } from "./pool/run-pool.ts";
export type { PoolTask as Task } from "./pool/task.ts";
export { WorkerPool } from "./pool/worker-pool.ts";
export { Cond } from "./sync/cond.ts";
export type { Locker } from "./sync/lock-guard.ts";
export { Mutex } from "./sync/mutex.ts";
export { Once, onceFunc, onceValue } from "./sync/once.ts";
export { RWMutex } from "./sync/rwmutex.ts";
export { Semaphore } from "./sync/semaphore.ts";
export {
  type SingleFlightValue as Flight,
  type SingleFlightResult as FlightResult,
  SingleFlight,
} from "./sync/singleflight.ts";
export { WaitGroup } from "./waitgroup/waitgroup.ts";
