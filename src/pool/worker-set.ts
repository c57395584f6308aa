// The workers of a pool: how many there are, which of them are idle, and when they start and stop.
//
// Invariants, whenever no method is on the stack:
//   1. There are `limit` workers. There are more only while workers that were removed by `resize` finish their jobs.
//   2. A worker has the least number that was free when it started, and keeps it.

import { type Clock } from "../runtime/timer-queue.ts";
import { type QueueNode, WaitQueue } from "../util/wait-queue.ts";
import { guarded } from "./job-function.ts";
import type { RunnerWorker } from "./worker-loop.ts";
import type { ResolvedPoolOptions } from "./options.ts";
import type { WorkerStats } from "./report.ts";

/** One worker, which outlives its stops: a later worker with the same number is the same object. */
export class Worker<J> implements RunnerWorker, QueueNode<Worker<J>> {
  queue: WaitQueue<Worker<J>> | null = null;
  prev: Worker<J> | null = null;
  next: Worker<J> | null = null;
  readonly id: number;
  hasGoroutine = false;
  loop: { start(): void } | null = null;
  isStarted = false;

  /** The job that the worker has taken or been given. */
  job: J | null = null;

  isIdle = true;

  /** When the worker became busy or idle, and when it finished its last job. */
  since = 0;
  finishedAt = 0;

  /** The number of its jobs, and the milliseconds that it was busy before `since`. */
  jobs = 0;
  busyMs = 0;

  constructor(id: number) {
    this.id = id;
  }
}

/** The settings of the workers of a pool. */
type WorkerSettings = Pick<ResolvedPoolOptions<never, never>, "workers" | "onWorkerStart" | "onWorkerStop">;

export class WorkerSet<J> {
  readonly #settings: WorkerSettings;
  readonly #clock: Clock;

  /** All workers that have ever been, in the order of their numbers from 1. */
  readonly #workers: Worker<J>[] = [];

  /** The worker that has been idle for the longest time is first. The last one works next: its memory is most likely cached. */
  readonly #idle = new WaitQueue<Worker<J>>();
  #size = 0;
  #limit = 0;

  constructor(settings: WorkerSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
    this.resize(settings.workers);
  }

  get size(): number {
    return this.#size;
  }

  /** The number of workers that the pool is to have. */
  get limit(): number {
    return this.#limit;
  }

  get isOverLimit(): boolean {
    return this.#size > this.#limit;
  }

  *activeJobs(): Generator<J, undefined> {
    for (const { job } of this.#workers) if (job !== null) yield job;
  }

  /** Removes an idle worker from the idle workers and returns it; undefined if there is none. It is busy from now on. */
  acquire(): Worker<J> | undefined {
    const worker = this.#idle.last;
    if (worker === null) return undefined;
    this.#idle.remove(worker);
    worker.isIdle = false;
    worker.since = this.#clock.now();
    return worker;
  }

  /** Makes `worker` idle since `now`, or stops it if there are too many. */
  release(worker: Worker<J>, now: number): void {
    this.#setIdle(worker, now);
    if (this.isOverLimit) this.#stop(worker);
    else this.#idle.push(worker);
  }

  resize(limit: number): void {
    this.#limit = limit;
    for (let { first } = this.#idle; first !== null && this.isOverLimit; { first } = this.#idle) this.#stop(first);
    for (let i = 0; this.#size < this.#limit; i++) {
      const worker = (this.#workers[i] ??= new Worker<J>(i + 1));
      if (!worker.isStarted) this.#start(worker);
    }
  }

  /** Stops all workers, for good. */
  close(): void {
    this.#limit = 0;
    for (const worker of this.#workers) if (worker.isStarted) this.#stop(worker);
  }

  stats(): WorkerStats[] {
    const now = this.#clock.now();
    return this.#workers.map(({ id, jobs, busyMs, isIdle, since }) => ({
      worker: id,
      jobs,
      busyMs: isIdle ? busyMs : busyMs + now - since,
    }));
  }

  #start(worker: Worker<J>): void {
    worker.isStarted = true;
    worker.since = this.#clock.now();
    this.#size++;
    this.#idle.push(worker);
    guarded(() => this.#settings.onWorkerStart?.(worker.id));
  }

  #stop(worker: Worker<J>): void {
    worker.queue?.remove(worker);
    worker.isStarted = false;
    worker.job = null;
    this.#size--;
    this.#setIdle(worker, this.#clock.now());
    guarded(() => this.#settings.onWorkerStop?.(worker.id));
  }

  #setIdle(worker: Worker<J>, now: number): void {
    if (!worker.isIdle) worker.busyMs += now - worker.since;
    worker.isIdle = true;
    worker.since = now;
  }
}
