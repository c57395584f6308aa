// The workers of a pool: how many there are, which of them are idle, and when they start and stop.
//
// Invariants:
//   1. There are at least `min` workers until `close`, and never more than `max`, but for those that still work when it has been
//      lowered.
//   2. While there are idle workers above `min`, the alarm is set for when the first of them has been idle long enough.

import type { Goroutine } from "../runtime/goroutine.ts";
import { RuntimeTimer } from "../runtime/timer.ts";
import { Heap, type HeapNode } from "../util/heap.ts";
import { WaitQueue, type QueueNode } from "../util/wait-queue.ts";
import { guarded, type Hand } from "./job-runner.ts";
import type { WorkerStats } from "./stats.ts";
import type { ResolvedPoolOptions } from "./options.ts";

/** One worker: a number, and what it does and has done. `W` is what the pool knows of a job. */
export class Worker<W> implements Hand, HeapNode, QueueNode<Worker<W>> {
  index = -1;
  queue: WaitQueue<Worker<W>> | null = null;
  prev: Worker<W> | null = null;
  next: Worker<W> | null = null;
  readonly id: number;
  goroutine: Goroutine | null = null;

  /** The job that it has been given. */
  work: W | null = null;
  jobs = 0;
  busy = 0;

  /** When it finished its last job. */
  finishedAt = 0;

  /** Since when it has been working or idle. */
  since = 0;
  isIdle = true;

  /** Whether its goroutine runs and will look at `work`. */
  isLoopRunning = false;

  constructor(id: number) {
    this.id = id;
  }
}

export class WorkerSet<W> {
  readonly #settings: ResolvedPoolOptions<never, never>;
  readonly #workers = new Map<number, Worker<W>>();

  /** The workers that have stopped, the one with the least number first. All other numbers up to the size are in use. */
  readonly #freeIds = new Heap<Worker<W>>((a, b) => a.id < b.id);

  /** The one that has been idle for the longest comes first; the last, which is still warm, works next. */
  readonly #idle = new WaitQueue<Worker<W>>();
  readonly #timer = new RuntimeTimer("pool idle", () => this.#removeIdleWorkers());
  #min: number;
  #max: number;

  constructor(settings: ResolvedPoolOptions<never, never>) {
    this.#settings = settings;
    this.#min = settings.min;
    this.#max = settings.max;
    this.#growToMin();
  }

  get size(): number {
    return this.#workers.size;
  }

  get max(): number {
    return this.#max;
  }

  /** The jobs in the hands of the workers. */
  *activeJobs(): Generator<W, undefined> {
    for (const { work } of this.#workers.values()) if (work !== null) yield work;
  }

  /** A free worker, perhaps a new one, which counts as working from now on; undefined, if there is none. */
  acquire(): Worker<W> | undefined {
    let worker: Worker<W> | null | undefined = this.#idle.last;
    if (worker !== null) this.#idle.remove(worker);
    else worker = this.size < this.#max ? this.#addWorker() : undefined;
    if (worker !== undefined) this.#setIdle(worker, false);
    return worker;
  }

  /** `worker` has been idle since `now`: it stays, or stops if there are too many. */
  rest(worker: Worker<W>, now: number): void {
    this.#setIdle(worker, true, now);
    if (this.isOverLimit) {
      this.#removeWorker(worker);
    } else {
      this.#idle.push(worker);
      this.#armIdleTimer();
    }
  }

  /** Whether there are more workers than the maximum. */
  get isOverLimit(): boolean {
    return this.size > this.#max;
  }

  resize(min: number, max: number): void {
    this.#min = min;
    this.#max = max;
    for (let idle = this.#idle.first; idle !== null && this.isOverLimit; idle = this.#idle.first)
      this.#removeWorker(idle);
    this.#growToMin();
    this.#armIdleTimer();
  }

  /** Stops all workers, for good. */
  close(): void {
    this.#min = 0;
    this.#max = 0;
    this.#timer.cancel();
    for (const worker of this.#workers.values()) this.#removeWorker(worker);
  }

  stats(): WorkerStats[] {
    const now = this.#timer.clock.now();
    const all = [...this.#workers.values(), ...this.#freeIds.nodes].sort((a, b) => a.id - b.id);
    return all.map(({ id, jobs, busy, isIdle, since }) => ({
      worker: id,
      jobs,
      busyMs: isIdle ? busy : busy + now - since,
    }));
  }

  #growToMin(): void {
    while (this.size < this.#min) this.#idle.push(this.#addWorker());
  }

  // The one with the least number, so that the numbers are those from 1 to the greatest number of workers.
  #addWorker(): Worker<W> {
    const { first } = this.#freeIds;
    if (first !== undefined) this.#freeIds.remove(first);
    const worker = first ?? new Worker<W>(this.size + 1);
    worker.since = this.#timer.clock.now();
    this.#workers.set(worker.id, worker);
    guarded(() => this.#settings.onWorkerStart?.(worker.id));
    return worker;
  }

  #removeWorker(worker: Worker<W>): void {
    worker.queue?.remove(worker);
    this.#workers.delete(worker.id);
    this.#setIdle(worker, true);
    worker.work = null;
    this.#freeIds.add(worker);
    guarded(() => this.#settings.onWorkerStop?.(worker.id));
  }

  #setIdle(worker: Worker<W>, isIdle: boolean, now: number = this.#timer.clock.now()): void {
    if (!worker.isIdle) worker.busy += now - worker.since;
    worker.isIdle = isIdle;
    worker.since = now;
  }

  #armIdleTimer(): void {
    const { idle } = this.#settings;
    if (this.size <= this.#min || this.#timer.isSet || idle === Infinity) return;
    const { first } = this.#idle;
    if (first !== null) this.#timer.start(first.since + idle - this.#timer.clock.now());
  }

  #removeIdleWorkers(): void {
    // What is less than a microsecond is an error of rounding.
    const due = this.#timer.clock.now() - this.#settings.idle + 0.001;
    for (
      let { first } = this.#idle;
      first !== null && first.since <= due && this.size > this.#min;
      { first } = this.#idle
    ) {
      this.#removeWorker(first);
    }
    this.#armIdleTimer();
  }
}
