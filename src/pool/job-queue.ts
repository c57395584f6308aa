// The jobs that no worker has taken yet: those that the pool has accepted, as many as there is room for, and those that wait
// to be accepted. Both are ordered by priority and then by age.
//
// Invariants, whenever no method is on the stack:
//   1. A job stands among the accepted, or among those that wait, or in neither, and never in both.
//   2. While a job waits there is no room, unless it has just been made and `admit` has not been called since.

import { Heap, type HeapNode } from "../util/heap.ts";

/** What a job needs in order to stand in a {@link JobQueue}. */
export interface QueueEntry extends HeapNode {
  readonly priority: number;
  readonly order: number;
  isAccepted: boolean;
}

export class JobQueue<Q extends QueueEntry> {
  readonly #accepted = new Heap<Q>(isBefore);
  readonly #waiting = new Heap<Q>(isBefore);
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** How many are accepted. */
  get queued(): number {
    return this.#accepted.size;
  }

  /** How many wait to be accepted. */
  get waiting(): number {
    return this.#waiting.size;
  }

  get isEmpty(): boolean {
    return this.queued === 0 && this.waiting === 0;
  }

  get hasRoom(): boolean {
    return this.#accepted.size < this.#capacity;
  }

  /** Adds a job: among the accepted, or else among those that wait. */
  add(job: Q): void {
    (job.isAccepted ? this.#accepted : this.#waiting).add(job);
  }

  /** Takes `job` out, wherever it stands; false: it does not stand here. */
  remove(job: Q): boolean {
    if (job.index < 0) return false;
    (job.isAccepted ? this.#accepted : this.#waiting).remove(job);
    return true;
  }

  /** Takes the best of all out, be it accepted or not: strict priority holds for those that wait too. */
  take(): Q | undefined {
    const accepted = this.#accepted.first;
    const waiting = this.#waiting.first;
    const best = accepted === undefined || (waiting !== undefined && isBefore(waiting, accepted)) ? waiting : accepted;
    if (best !== undefined) this.remove(best);
    return best;
  }

  /** Takes the best of those that wait out, if there is room for it or `anyway`. */
  admitNext(anyway: boolean = false): Q | undefined {
    const first = this.#waiting.first;
    if (first === undefined || !(anyway || this.hasRoom)) return undefined;
    this.#waiting.remove(first);
    return first;
  }
}

function isBefore(a: QueueEntry, b: QueueEntry): boolean {
  return a.priority > b.priority || (a.priority === b.priority && a.order < b.order);
}
