/// <reference lib="esnext.disposable" preserve="true" />
// Go's concurrency in TypeScript: the exports of `goro`.

export { Broadcast, type BroadcastOptions } from "./broadcast/broadcast.ts";
export type { SubscribeOptions, Subscription } from "./broadcast/subscription.ts";
export type { EmitterLike } from "./interop/emitter.ts";
export { type EventChannel, type FromEventsOptions, fromEvents } from "./interop/events.ts";
export type { FromSourceOptions } from "./interop/pump.ts";
export { fromIterable, fromReadableStream } from "./interop/from-iterable.ts";
export {
  type ToReadableStreamOptions,
  toReadableStream,
  toWritableStream,
  type ToWritableStreamOptions,
} from "./interop/to-stream.ts";
export {
  Channel,
  type ChannelOptions,
  type ReceiveChannel,
  type ReceiveResult,
  type SendChannel,
} from "./channel/channel.ts";
export { type DropPolicy, LossyChannel, type LossyChannelOptions } from "./channel/lossy-channel.ts";
export {
  type SelectCases,
  promise,
  type PromiseCase,
  receive,
  type ReceiveCase,
  select,
  type SelectResult,
  send,
  type SendCase,
} from "./channel/select.ts";
/**
 * Go's package time: sleeping, timers and tickers, and units of time. A duration is a number of milliseconds, and an instant is a number of
 * milliseconds since the Unix epoch, as `Date.now()` returns it.
 */
export * as time from "./time/time.ts";
export type { WaitContext, WaitOptions } from "./runtime/cancellation.ts";
export type { Context } from "./context/context.ts";
export { waitFor, type WaitForOptions } from "./context/wait-for.ts";
/** Go's package context: contexts that carry a cancellation, a deadline and values, and the functions that make them. */
export * as context from "./context/api.ts";
export { defer, type DeferHandle } from "./runtime/defer.ts";
export { go, gosched, numCPU, numGoroutine } from "./runtime/goroutine.ts";
export { main } from "./runtime/main.ts";
export { PanicError } from "./runtime/panic.ts";
export { recover } from "./runtime/recover.ts";
export { ErrGroup } from "./sync/errgroup.ts";
export { type ResultFunc, ResultGroup } from "./sync/result-group.ts";
export type { JobCanceled, JobDone, JobFailed, JobOutcome, PoolTask } from "./pool/job.ts";
export { mapOrdered, type MapOrderedOptions } from "./pool/map-ordered.ts";
export type {
  PoolEvent,
  PoolFunc,
  PoolOptions,
  RunJobOptions,
  RunPoolOptions,
  SourcePoolOptions,
} from "./pool/options.ts";
export type { MapOptions } from "./pool/ordered-results.ts";
export {
  type LatencyStats,
  type PoolStats,
  type RunReport,
  StoppedError,
  type StopReport,
  type WorkerStats,
} from "./pool/report.ts";
export { type HeadersLike, parseRetryAfter } from "./pool/retry-after.ts";
export { retry, type RetryOptions } from "./pool/retry.ts";
export { runPool } from "./pool/run-pool.ts";
export { deliveryOf, type JobDelivery, type JobSource, LeaseLost, Stopping } from "./pool/source.ts";
export { WorkerPool } from "./pool/worker-pool.ts";
export { RateLimiter, type Reservation } from "./sync/rate-limiter.ts";
export { Cond } from "./sync/cond.ts";
export type { Locker, LockOptions } from "./sync/lock-guard.ts";
export {
  ClearedError,
  createLimit,
  type KeyedLimit,
  type Limit,
  type LimitControls,
  type LimitOptions,
  type LimitTask,
} from "./sync/limit.ts";
export { KeyedMutex } from "./sync/keyed-mutex.ts";
export { Mutex } from "./sync/mutex.ts";
export { Once, onceFunc, onceValue } from "./sync/once.ts";
export { RWMutex } from "./sync/rwmutex.ts";
export { Semaphore } from "./sync/semaphore.ts";
export { type SingleFlightValue, type SingleFlightResult, SingleFlight } from "./sync/singleflight.ts";
export { WaitGroup } from "./waitgroup/waitgroup.ts";
