// The workers of a pool: how many there are, which of them are idle, and when they start and stop.
//
// Invariants:
//   1. There are at least `min` workers until `close`, and never more than `max`, but for those that still work when it has been
//      lowered.
//   2. While there are idle workers above `min`, the alarm is set for when the first of them has been idle long enough.

import type { Goroutine } from "../runtime/goroutine.ts";
import { Alarm } from "../runtime/timer.ts";
import { Heap, type Placed } from "../util/heap.ts";
import { Line, type Standing } from "../util/wait-queue.ts";
import { guarded, type Hand } from "./job-runner.ts";
import type { WorkerStats } from "./stats.ts";
import type { Settings } from "./options.ts";

/** One worker: a number, and what it does and has done. `W` is what the pool knows of a job. */
export class Worker<W> implements Hand, Placed, Standing<Worker<W>> {
  index = -1;
  line: Line<Worker<W>> | null = null;
  ahead: Worker<W> | null = null;
  behind: Worker<W> | null = null;
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
  isAwake = false;

  constructor(id: number) {
    this.id = id;
  }
}

export class Staff<W> {
  readonly #settings: Settings<never, never>;
  readonly #workers = new Map<number, Worker<W>>();

  /** The workers that have stopped, the one with the least number first. All other numbers up to the size are in use. */
  readonly #gone = new Heap<Worker<W>>((a, b) => a.id < b.id);

  /** The one that has been idle for the longest comes first; the last, which is still warm, works next. */
  readonly #idle = new Line<Worker<W>>();
  readonly #alarm = new Alarm("pool idle", () => this.#letGo());
  #min: number;
  #max: number;

  constructor(settings: Settings<never, never>) {
    this.#settings = settings;
    this.#min = settings.min;
    this.#max = settings.max;
    this.#fill();
  }

  get size(): number {
    return this.#workers.size;
  }

  get max(): number {
    return this.#max;
  }

  /** The jobs in the hands of the workers. */
  *works(): Generator<W, undefined> {
    for (const { work } of this.#workers.values()) if (work !== null) yield work;
  }

  /** A free worker, perhaps a new one, which counts as working from now on; undefined, if there is none. */
  take(): Worker<W> | undefined {
    let worker: Worker<W> | null | undefined = this.#idle.last;
    if (worker !== null) this.#idle.leave(worker);
    else worker = this.size < this.#max ? this.#hire() : undefined;
    if (worker !== undefined) this.#turn(worker, false);
    return worker;
  }

  /** `worker` has been idle since `now`: it stays, or stops if there are too many. */
  rest(worker: Worker<W>, now: number): void {
    this.#turn(worker, true, now);
    if (this.isTooMany) {
      this.#dismiss(worker);
    } else {
      this.#idle.join(worker);
      this.#watch();
    }
  }

  /** Whether there are more workers than the maximum. */
  get isTooMany(): boolean {
    return this.size > this.#max;
  }

  resize(min: number, max: number): void {
    this.#min = min;
    this.#max = max;
    for (let idle = this.#idle.first; idle !== null && this.isTooMany; idle = this.#idle.first) this.#dismiss(idle);
    this.#fill();
    this.#watch();
  }

  /** Stops all workers, for good. */
  close(): void {
    this.#min = 0;
    this.#max = 0;
    this.#alarm.cancel();
    for (const worker of this.#workers.values()) this.#dismiss(worker);
  }

  stats(): WorkerStats[] {
    const now = this.#alarm.clock.now();
    const all = [...this.#workers.values(), ...this.#gone.nodes].sort((a, b) => a.id - b.id);
    return all.map(({ id, jobs, busy, isIdle, since }) => ({
      worker: id,
      jobs,
      busy: isIdle ? busy : busy + now - since,
    }));
  }

  #fill(): void {
    while (this.size < this.#min) this.#idle.join(this.#hire());
  }

  // The one with the least number, so that the numbers are those from 1 to the greatest number of workers.
  #hire(): Worker<W> {
    const { first } = this.#gone;
    if (first !== undefined) this.#gone.remove(first);
    const worker = first ?? new Worker<W>(this.size + 1);
    worker.since = this.#alarm.clock.now();
    this.#workers.set(worker.id, worker);
    guarded(() => this.#settings.onWorkerStart?.(worker.id));
    return worker;
  }

  #dismiss(worker: Worker<W>): void {
    worker.line?.leave(worker);
    this.#workers.delete(worker.id);
    this.#turn(worker, true);
    worker.work = null;
    this.#gone.add(worker);
    guarded(() => this.#settings.onWorkerStop?.(worker.id));
  }

  #turn(worker: Worker<W>, isIdle: boolean, now: number = this.#alarm.clock.now()): void {
    if (!worker.isIdle) worker.busy += now - worker.since;
    worker.isIdle = isIdle;
    worker.since = now;
  }

  #watch(): void {
    const { idle } = this.#settings;
    if (this.size <= this.#min || this.#alarm.isSet || idle === Infinity) return;
    const { first } = this.#idle;
    if (first !== null) this.#alarm.setIn(first.since + idle - this.#alarm.clock.now());
  }

  #letGo(): void {
    // What is less than a microsecond is an error of rounding.
    const due = this.#alarm.clock.now() - this.#settings.idle + 0.001;
    for (
      let { first } = this.#idle;
      first !== null && first.since <= due && this.size > this.#min;
      { first } = this.#idle
    ) {
      this.#dismiss(first);
    }
    this.#watch();
  }
}
