// The entries of a file in the Trace Event Format, and the instants at which they are.

import type { Trace, TraceEvent } from "../format.ts";

/** An event of that format. */
export interface Entry {
  readonly ph: "M" | "X" | "s" | "f" | "C" | "i" | "b" | "e";
  readonly name: string;
  readonly cat?: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly id?: string;
  /** Binds the end of an arrow to the slice around it, and not to the next one. */
  readonly bp?: "e";
  /** An instant is its thread's. */
  readonly s?: "t";
  readonly args?: Args;
}

/** What a viewer tells of an entry that is pointed at. */
export type Args = Readonly<Record<string, string | number>>;

/** An instant on a thread. */
export interface Spot {
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
}

/** The entries so far. */
export class Entries {
  readonly #all: Entry[] = [];
  readonly #ticks: readonly number[];
  readonly #end: number;
  #lastThread: number;
  #lastArrow = 0;

  constructor({ events, end, goroutines }: Trace) {
    this.#ticks = spread(events);
    this.#end = Math.max(Math.round(end * 1000), (this.#ticks.at(-1) ?? 0) + 1);
    this.#lastThread = goroutines.reduce((most, { id }) => Math.max(most, id), 1);
  }

  /**
   * In the order of the file. What begins at the same time must stand with the outer slice first, and arrows after the
   * slices.
   */
  sorted(): Entry[] {
    return this.#all.sort((a, b) => (a.ts ?? -1) - (b.ts ?? -1) || rank(a) - rank(b) || (b.dur ?? 0) - (a.dur ?? 0));
  }

  /** The instant of the event `i`; the end, if there is no such event. */
  tick(i: number): number {
    return this.#ticks[i] ?? this.#end;
  }

  /** A thread for what has no number of its own: all that have one come before. */
  newThread(): number {
    return ++this.#lastThread;
  }

  add(one: Entry): void {
    this.#all.push(one);
  }

  process(pid: number, name: string): void {
    this.add({ ph: "M", name: "process_name", pid, tid: pid, args: { name } });
    this.add({ ph: "M", name: "process_sort_index", pid, tid: pid, args: { sort_index: pid } });
  }

  thread(pid: number, tid: number, name: string): void {
    this.add({ ph: "M", name: "thread_name", pid, tid, args: { name } });
    this.add({ ph: "M", name: "thread_sort_index", pid, tid, args: { sort_index: tid } });
  }

  slice(name: string, cat: string, spot: Spot, dur: number, args: Args): void {
    this.add({ ph: "X", name, cat, ...spot, dur, args });
  }

  instant(name: string, cat: string, spot: Spot, args: Args = {}): void {
    this.add({ ph: "i", name, cat, ...spot, s: "t", args });
  }

  arrow(name: string, from: Spot, to: Spot): void {
    const id = String(++this.#lastArrow);
    this.add({ ph: "s", name, cat: name, ...from, id, bp: "e" });
    this.add({ ph: "f", name, cat: name, ...to, id, bp: "e" });
  }

  counter(pid: number, name: string, ts: number, value: number): void {
    this.add({ ph: "C", name, pid, tid: pid, ts, args: { values: value } });
  }
}

/** The instant of each event in microseconds, later than that of the event before. */
function spread(events: readonly TraceEvent[]): number[] {
  let last = -1;
  return events.map(({ at }) => (last = Math.max(Math.round(at * 1000), last + 1)));
}

function rank({ ph }: Entry): number {
  return ph === "X" ? 0 : ph === "e" ? 1 : 2;
}
