// The record of what happened in all processes of a fault: a file to which each process appends lines, so that no line is lost when a
// process is killed or a server is away.

import { appendFileSync, closeSync, openSync, readFileSync, readSync } from "node:fs";

/**
 * The kinds of entries: an attempt of a job starts, ends, or is canceled because its pool stops (`stopped`) or its lease is lost (`lost`);
 * an outcome of a job is read.
 */
export type EntryKind = "start" | "end" | "stopped" | "lost" | "done" | "failed";

/** A line of the ledger. */
export interface Entry {
  readonly kind: EntryKind;

  /** The number of the job. */
  readonly n: number;
  readonly pid: number;
  readonly attempt: number;

  /** In milliseconds since the epoch, by a clock that all processes share. */
  readonly time: number;
}

/** Appends an entry of this process to `file`. */
export function note(file: string, kind: EntryKind, n: number, attempt: number): void {
  appendFileSync(file, `${kind} ${n} ${process.pid} ${attempt} ${now()}\n`);
}

/** Returns the number of entries of a kind about job `n` in `file`. */
export function countEntries(file: string, kind: EntryKind, n: number): number {
  return readFileSync(file, "latin1").split(`${kind} ${n} `).length - 1;
}

/** Returns the time, also in a process whose `Date.now` is shifted. */
export function now(): number {
  return Math.round(performance.timeOrigin + performance.now());
}

/** The reader of a ledger. */
export class Ledger {
  readonly entries: Entry[] = [];
  readonly #fd: number;
  readonly #buffer = Buffer.alloc(1 << 16);
  readonly #starts = new Map<number, number>();
  readonly #held = new Map<number, number>();
  #text = "";

  constructor(file: string) {
    appendFileSync(file, "");
    this.#fd = openSync(file, "r");
  }

  /** Reads the entries that were appended since the last call. */
  read(): void {
    for (let count; (count = readSync(this.#fd, this.#buffer)) > 0;) {
      const lines = (this.#text + this.#buffer.toString("latin1", 0, count)).split("\n");
      this.#text = lines.pop() as string;
      for (const line of lines) this.#add(line);
    }
  }

  /** The number of attempts that have been started, of all jobs. */
  get starts(): number {
    return [...this.#starts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** The number of jobs that have been started. */
  get started(): number {
    return this.#starts.size;
  }

  /** Returns how often job `n` has been started. */
  startsOf(n: number): number {
    return this.#starts.get(n) ?? 0;
  }

  /** Returns the number of attempts that process `pid` has started and not ended. */
  heldBy(pid: number): number {
    return this.#held.get(pid) ?? 0;
  }

  /** Returns the entries of a kind, of process `pid` if it is passed, from `time` on. */
  of(kind: EntryKind, pid?: number, time: number = 0): Entry[] {
    return this.entries.filter(
      (entry) => entry.kind === kind && entry.time >= time && (pid === undefined || entry.pid === pid),
    );
  }

  close(): void {
    closeSync(this.#fd);
  }

  #add(line: string): void {
    const [kind, n, pid, attempt, time] = line.split(" ");
    const entry = {
      kind: kind as EntryKind,
      n: Number(n),
      pid: Number(pid),
      attempt: Number(attempt),
      time: Number(time),
    };
    this.entries.push(entry);
    if (kind === "done" || kind === "failed") return;
    if (kind === "start") this.#starts.set(entry.n, this.startsOf(entry.n) + 1);
    this.#held.set(entry.pid, this.heldBy(entry.pid) + (kind === "start" ? 1 : -1));
  }
}
