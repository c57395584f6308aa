// Who works in a pool: how many workers there are, which of them are idle, and when they come and go.
//
// Invariants:
//   1. There are at least `min` workers until `close`, and never more than `max`, but for those that still work when it has been
//      lowered.
//   2. While there are idle workers above `min`, the alarm is set for when the first of them has been idle long enough.

import { Alarm } from "../internal/alarm.ts";
import { Heap, type Placed } from "../internal/heap.ts";
import { call } from "./crew.ts";
import type { WorkerStats } from "./meter.ts";
import type { Settings } from "./options.ts";

/** One worker: a number, and what it does and has done. `W` is what the pool knows of a job. */
export class Worker<W> implements Placed {
  index = -1;
  readonly id: number;

  /** What it works on, while it does. */
  work: W | null = null;
  jobs = 0;
  busy = 0;

  /** Since when it works or is idle. */
  since = 0;
  isIdle = true;

  /** Whether there is a goroutine that will look at `work`. */
  isAwake = false;

  constructor(id: number) {
    this.id = id;
  }
}

export class Staff<W> {
  readonly #settings: Settings<never, never>;
  readonly #workers = new Map<number, Worker<W>>();

  /** Those who have gone, the one with the least number first. Without them all numbers up to the size are taken. */
  readonly #gone = new Heap<Worker<W>>((a, b) => a.id < b.id);

  /** The one that has been idle for the longest comes first; the one that works next is the last, which is still warm. */
  readonly #idle: Worker<W>[] = [];
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

  /** What is worked on. */
  get works(): W[] {
    return [...this.#workers.values()].flatMap(({ work }) => work ?? []);
  }

  /** A worker who is free, perhaps a new one, and works from now on; undefined, if all that there may be are at work. */
  take(): Worker<W> | undefined {
    const worker = this.#idle.pop() ?? (this.size < this.#max ? this.#hire() : undefined);
    if (worker !== undefined) this.#turn(worker, false);
    return worker;
  }

  /** `worker` has had nothing to do since `now`: it stays, or goes if it is one too many. */
  rest(worker: Worker<W>, now: number): void {
    this.#turn(worker, true, now);
    if (this.isTooMany) {
      this.#dismiss(worker);
    } else {
      this.#idle.push(worker);
      this.#watch();
    }
  }

  /** Whether somebody must go. */
  get isTooMany(): boolean {
    return this.size > this.#max;
  }

  resize(min: number, max: number): void {
    this.#min = min;
    this.#max = max;
    while (this.isTooMany && this.#idle.length > 0) this.#dismiss(this.#idle.shift() as Worker<W>);
    this.#fill();
    this.#watch();
  }

  /** Everybody goes, and nobody comes any more. */
  close(): void {
    this.#min = 0;
    this.#max = 0;
    this.#alarm.cancel();
    this.#idle.length = 0;
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
    while (this.size < this.#min) this.#idle.push(this.#hire());
  }

  // The one with the least number, so that the numbers are those from 1 to the greatest number of workers.
  #hire(): Worker<W> {
    const { first } = this.#gone;
    if (first !== undefined) this.#gone.remove(first);
    const worker = first ?? new Worker<W>(this.size + 1);
    worker.since = this.#alarm.clock.now();
    this.#workers.set(worker.id, worker);
    call(this.#settings.onWorkerStart, worker.id);
    return worker;
  }

  #dismiss(worker: Worker<W>): void {
    this.#workers.delete(worker.id);
    this.#turn(worker, true);
    worker.work = null;
    this.#gone.add(worker);
    call(this.#settings.onWorkerStop, worker.id);
  }

  #turn(worker: Worker<W>, isIdle: boolean, now: number = this.#alarm.clock.now()): void {
    if (!worker.isIdle) worker.busy += now - worker.since;
    worker.isIdle = isIdle;
    worker.since = now;
  }

  #watch(): void {
    const { idle } = this.#settings;
    if (this.size <= this.#min || this.#alarm.isSet || idle === Infinity) return;
    const [first] = this.#idle;
    if (first !== undefined) this.#alarm.setIn(first.since + idle - this.#alarm.clock.now());
  }

  #letGo(): void {
    // What is less than a microsecond is an error of rounding.
    const due = this.#alarm.clock.now() - this.#settings.idle + 0.001;
    for (
      let [first] = this.#idle;
      first !== undefined && first.since <= due && this.size > this.#min;
      [first] = this.#idle
    ) {
      this.#idle.shift();
      this.#dismiss(first);
    }
    this.#watch();
  }
}
