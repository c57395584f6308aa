/// <reference lib="esnext.disposable" preserve="true" />
// Go's concurrency in TypeScript: the one door of the library.

export type { Emitter } from "./border/emitter.ts";
export { type EventChannel, type EventOptions, fromEvents } from "./border/events.ts";
export type { FeedOptions } from "./border/feed.ts";
export { fromIterable, fromReadableStream } from "./border/incoming.ts";
export { type ReadableOptions, toReadableStream, toWritableStream, type WritableOptions } from "./border/outgoing.ts";
export {
  Channel,
  type ChannelOptions,
  type ReceiveChannel,
  type Received,
  type SendChannel,
} from "./channel/channel.ts";
export {
  type NamedCases,
  receive,
  type ReceiveCase,
  select,
  type Selected,
  send,
  type SendCase,
} from "./channel/select.ts";
export * as time from "./channel/time.ts";
export type { Context } from "./context/context.ts";
export * as context from "./context/namespace.ts";
export { defer, type Deferred } from "./goroutine/defer.ts";
export { numGoroutine } from "./goroutine/census.ts";
export { go, gosched, numCPU } from "./goroutine/go.ts";
export { main } from "./goroutine/main.ts";
export { PanicError } from "./goroutine/panic.ts";
export { ErrGroup } from "./pool/errgroup.ts";
export type { Latency } from "./pool/histogram.ts";
export type { MapOptions } from "./pool/map.ts";
export type { PoolStats, WorkerStats } from "./pool/meter.ts";
export type { PoolEvent, PoolFunc, PoolOptions, RetryOptions, RunOptions } from "./pool/options.ts";
export type { Cancelled, Done, Failed, Outcome } from "./pool/outcome.ts";
export { RateLimiter, type Reservation } from "./pool/ratelimiter.ts";
export { type RunReport, StoppedError, type StopReport } from "./pool/report.ts";
export { runPool } from "./pool/runpool.ts";
export type { Task } from "./pool/task.ts";
export { WorkerPool } from "./pool/workerpool.ts";
export { Cond } from "./sync/cond.ts";
export type { Locker } from "./sync/locker.ts";
export { Mutex } from "./sync/mutex.ts";
export { Once, onceFunc, onceValue } from "./sync/once.ts";
export { RWMutex } from "./sync/rwmutex.ts";
export { Semaphore } from "./sync/semaphore.ts";
export { type Flight, type FlightResult, SingleFlight } from "./sync/singleflight.ts";
export { WaitGroup } from "./waitgroup/waitgroup.ts";
