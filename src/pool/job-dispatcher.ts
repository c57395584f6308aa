// From the acceptance of a job to the worker that takes it: the queue of a WorkerPool, and its idle workers.
//
// The queue has two parts: the jobs that the pool has accepted, up to the capacity, and the jobs of calls that wait for acceptance. Both
// are ordered by priority, and then by age.
//
// Invariants, whenever no method is on the stack:
//   1. A job in the queue is either among the accepted jobs or among the waiting ones, by its `isAccepted`.
//   2. While a job waits, the accepted jobs fill the capacity, unless `admitNext` has not been called since the job was added.
//   3. A worker is idle only while the queue is empty.

import { resolved, resolvedPromise } from "../runtime/scheduler.ts";
import { Heap, type HeapNode } from "../util/heap.ts";
import type { PoolJob } from "./job.ts";
import { JobRunner, type RunnerHost } from "./job-runner.ts";
import type { PoolFunc, ResolvedPoolOptions } from "./options.ts";
import { type Worker, WorkerSet } from "./worker-set.ts";

/** The part of a job that the queue reads. */
interface QueueEntry extends HeapNode {
  readonly priority: number;
  readonly order: number;
  isAccepted: boolean;
}

class JobQueue<Entry extends QueueEntry> {
  readonly #accepted = new Heap<Entry>(isBefore);
  readonly #waiting = new Heap<Entry>(isBefore);
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** The number of accepted jobs. */
  get queued(): number {
    return this.#accepted.size;
  }

  /** The number of jobs that wait for acceptance. */
  get waiting(): number {
    return this.#waiting.size;
  }

  get isEmpty(): boolean {
    return this.queued === 0 && this.waiting === 0;
  }

  get hasRoom(): boolean {
    return this.#accepted.size < this.#capacity;
  }

  add(job: Entry): void {
    (job.isAccepted ? this.#accepted : this.#waiting).add(job);
  }

  /** Removes `job`, if it is in the queue. */
  remove(job: Entry): void {
    if (job.index >= 0) (job.isAccepted ? this.#accepted : this.#waiting).remove(job);
  }

  /** Removes and returns the first of all jobs: a waiting job with a greater priority precedes the accepted jobs. */
  take(): Entry | undefined {
    const accepted = this.#accepted.first;
    const waiting = this.#waiting.first;
    const first = accepted === undefined || (waiting !== undefined && isBefore(waiting, accepted)) ? waiting : accepted;
    if (first !== undefined) this.remove(first);
    return first;
  }

  /** Removes and returns the first waiting job, if the queue has room for it or `ignoreCapacity` is true. */
  admitNext(ignoreCapacity: boolean = false): Entry | undefined {
    const { first } = this.#waiting;
    if (first === undefined || !(ignoreCapacity || this.hasRoom)) return undefined;
    this.#waiting.remove(first);
    return first;
  }
}

function isBefore(a: QueueEntry, b: QueueEntry): boolean {
  return a.priority > b.priority || (a.priority === b.priority && a.order < b.order);
}

/** The part of the life of a pool that its dispatcher uses. */
interface DispatcherLifecycle {
  /** Cuts the pool short if its context is canceled. */
  checkContext(): void;

  /** Called when a job has been accepted: the pool follows its context. */
  attach(): void;

  /** Called when a worker has become idle, and when the counters of the runner have changed. */
  check(): void;

  /** Called when the pool has been cut short. */
  onCutShort(): void;
}

/**
 * Matches the jobs and the workers of a pool. The pool sets `lifecycle` and `feeder` while it is constructed.
 *
 * The runner calls this object, and not closures. V8 compiles a closure of which there is one, and what it calls, for the objects that the
 * closure refers to. With the second pool of a process there are two, and all of that is compiled again: a job of the second pool took 1.6
 * times as long as one of the third, and takes 1.4 times as long now.
 */
export class JobDispatcher<Job, Result> implements RunnerHost<Job, Result, Worker<PoolJob<Job, Result>>> {
  readonly runner: JobRunner<Job, Result, Worker<PoolJob<Job, Result>>>;
  readonly queue: JobQueue<PoolJob<Job, Result>>;
  readonly workers: WorkerSet<PoolJob<Job, Result>>;
  lifecycle!: DispatcherLifecycle;
  feeder: { check(): void } | null = null;

  constructor(caller: string, f: PoolFunc<Job, Result>, settings: ResolvedPoolOptions<Job, Result>) {
    this.runner = new JobRunner(caller, f, settings, this);
    this.queue = new JobQueue(settings.queueSize);
    this.workers = new WorkerSet(settings, this.runner.clock);
  }

  /** The number of jobs that workers have been given, that have no outcome, and whose functions have not been called. */
  get starting(): number {
    let count = 0;
    for (const { isRunning, outcome } of this.workers.activeJobs()) if (!isRunning && outcome === undefined) count++;
    return count;
  }

  /** Accepts the job and returns true, or returns false if it has to wait. */
  tryAccept(job: PoolJob<Job, Result>): boolean {
    const worker = this.workers.acquire();
    if (worker !== undefined) {
      this.#accept(job, worker.since);
      this.#start(worker, job);
      return true;
    }
    if (!this.queue.hasRoom) return false;
    this.#accept(job);
    this.queue.add(job);
    return true;
  }

  /** Accepts the waiting jobs for which the queue has room, or all of them. */
  admitWaiting(ignoreCapacity: boolean = false): void {
    if (this.runner.canceledBy !== undefined || this.queue.waiting === 0) return;
    for (;;) {
      const job = this.queue.admitNext(ignoreCapacity);
      if (job === undefined) return;
      this.#accept(job);
      this.queue.add(job);
    }
  }

  /** Cancels one job, accepted or not: no worker will take it. */
  cancel(job: PoolJob<Job, Result>, cause: Error): void {
    this.queue.remove(job);
    this.runner.cancel(job, cause);
    this.admitWaiting();
  }

  /** Changes the number of workers, and gives queued jobs to new ones. */
  resize(workers: number): void {
    this.workers.resize(workers);
    while (!this.queue.isEmpty) {
      // None, if a hook of a worker that started has ended the pool.
      const worker = this.workers.acquire();
      if (worker === undefined) return;
      const job = this.#take();
      if (job === null) {
        this.workers.release(worker, this.runner.clock.now());
        return;
      }
      this.#start(worker, job);
    }
  }

  nextJob(worker: Worker<PoolJob<Job, Result>>, now: number | undefined): PoolJob<Job, Result> | null {
    if (worker.job !== null) return worker.job;
    // A worker that has been stopped at the end of the pool is not released again.
    if (!worker.isStarted) return null;
    worker.job = this.workers.isOverLimit ? null : this.#take(now);
    if (worker.job !== null) return worker.job;
    this.workers.release(worker, worker.finishedAt);
    this.feeder?.check();
    this.lifecycle.check();
    return null;
  }

  lateJob(worker: Worker<PoolJob<Job, Result>>): PoolJob<Job, Result> | null | undefined {
    return worker.isStarted ? worker.job : undefined;
  }

  // Short jobs must not starve timers and I/O: each job passes the scheduler.
  onReturn(worker: Worker<PoolJob<Job, Result>>, _job: PoolJob<Job, Result>, now: number): Promise<void> | undefined {
    worker.job = null;
    worker.jobs++;
    worker.finishedAt = now;
    const turn = resolved();
    return turn === resolvedPromise ? undefined : turn;
  }

  activeJobs(): Iterable<PoolJob<Job, Result>> {
    return this.workers.activeJobs();
  }

  takeQueued(): PoolJob<Job, Result> | undefined {
    return this.queue.take();
  }

  onCutShort(): void {
    this.lifecycle.onCutShort();
  }

  onChange(): void {
    this.lifecycle.check();
  }

  #accept(job: PoolJob<Job, Result>, now?: number): void {
    this.runner.markAccepted(job, now);
    this.lifecycle.attach();
    job.pendingAcceptance?.accept();
    job.pendingAcceptance = null;
  }

  #start(worker: Worker<PoolJob<Job, Result>>, job: PoolJob<Job, Result>): void {
    worker.job = job;
    if (!worker.hasGoroutine) this.runner.start(worker);
  }

  /** Removes and returns the first job of the queue, and accepts another one in its place; null if the queue has none. */
  #take(now?: number): PoolJob<Job, Result> | null {
    this.lifecycle.checkContext();
    if (this.runner.canceledBy !== undefined) return null;
    for (let job = this.queue.take(); job !== undefined; job = this.queue.take()) {
      // The cancellation of a context that is not the library's own may be noticed here first.
      if (this.runner.isDecided(job)) {
        this.runner.conclude(job);
        continue;
      }
      if (!job.isAccepted) this.#accept(job, now);
      this.admitWaiting();
      return job;
    }
    return null;
  }
}
