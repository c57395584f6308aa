// The jobs of pools as slices on the threads of their workers, and the lengths of their queues.
//
// It goes by workers, where pool/jobs.ts goes by jobs: a job that a trace without sense begins twice is two slices
// here.

import { entry } from "../entry.ts";
import type { EventOf, TraceEvent } from "../format.ts";
import type { Entries, Spot } from "./entries.ts";

interface Begun {
  readonly job: number;
  readonly spot: Spot;
}

/** Follows the jobs of the pools that have a number of a process in `pids`. */
export function addJobs(entries: Entries, events: readonly TraceEvent[], pids: ReadonlyMap<number, number>): void {
  const jobs = new Jobs(entries);
  for (const [i, event] of events.entries()) {
    const pid = "pool" in event ? pids.get(event.pool) : undefined;
    if (pid !== undefined) jobs.read(pid, entries.tick(i), event as EventOf<"accept" | "start" | "finish">);
  }
  jobs.end(entries.tick(events.length));
}

/** A worker does one job at a time: should a trace say otherwise, the one before ends where the next begins. */
class Jobs {
  readonly #entries: Entries;
  readonly #threads = new Map<string, number>();
  /** What is worked on, by threads. */
  readonly #begun = new Map<number, Begun>();
  readonly #queued = new Map<number, Set<number>>();

  constructor(entries: Entries) {
    this.#entries = entries;
  }

  read(pid: number, ts: number, event: EventOf<"accept" | "start" | "finish">): void {
    this.#queue(pid, ts, event.job, event.type === "accept");
    if (event.type === "start") {
      const tid = entry(this.#threads, `${pid}/${event.worker}`, () => this.#newThread(pid, event.worker));
      this.#close(tid, ts, "not finished");
      this.#begun.set(tid, { job: event.job, spot: { pid, tid, ts } });
    } else if (event.type === "finish") {
      const tid = this.#threads.get(`${pid}/${event.worker}`);
      if (tid !== undefined && this.#begun.get(tid)?.job === event.job) this.#close(tid, ts, event.status);
    }
  }

  end(ts: number): void {
    for (const tid of [...this.#begun.keys()]) this.#close(tid, ts, "not finished");
  }

  #newThread(pid: number, worker: number): number {
    const tid = this.#entries.newThread();
    this.#entries.thread(pid, tid, `worker ${worker}`);
    return tid;
  }

  #close(tid: number, end: number, status: string): void {
    const begun = this.#begun.get(tid);
    if (begun === undefined) return;
    this.#begun.delete(tid);
    const { job, spot } = begun;
    this.#entries.slice(`job ${job}`, `job,${status}`, spot, end - spot.ts, { status });
  }

  /** The queue has what is accepted, and neither begun nor cancelled. */
  #queue(pid: number, ts: number, job: number, isIn: boolean): void {
    const queued = entry(this.#queued, pid, () => new Set<number>());
    const before = queued.size;
    if (isIn) queued.add(job);
    else queued.delete(job);
    if (queued.size !== before) this.#entries.counter(pid, "queue", ts, queued.size);
  }
}
