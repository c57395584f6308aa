// The jobs that no worker has taken: those that the pool has accepted, up to the capacity of the queue, and those of calls that wait
// for acceptance. Both are ordered by priority, and then by age.
//
// Invariants, whenever no method is on the stack:
//   1. A job in the queue is either among the accepted jobs or among the waiting ones, by its `isAccepted`.
//   2. While a job waits, the accepted jobs fill the capacity, unless `admitNext` has not been called since the job was added.

import { Heap, type HeapNode } from "../util/heap.ts";

/** The part of a job that a {@link JobQueue} reads. */
export interface QueueEntry extends HeapNode {
  readonly priority: number;
  readonly order: number;
  isAccepted: boolean;
}

export class JobQueue<Entry extends QueueEntry> {
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
