// Runs a program and reads the clock, or the heap.

import type { Meter, Program, Unit } from "../rows/row.ts";

/** What one program answered, and what it cost. */
export interface Measured {
  /** In the unit of the row; `Infinity` for what never happened. */
  readonly value: number;
  readonly sum: number;
}

class Reading implements Meter {
  readonly #unit: Unit;
  #begin = 0;
  #end: number | null = null;
  recorded: number | null = null;

  constructor(unit: Unit) {
    this.#unit = unit;
  }

  start(): void {
    this.#begin = this.#read();
  }

  stop(): void {
    this.#end = this.#read();
  }

  record(value: number): void {
    this.recorded = value;
  }

  /** Nanoseconds or bytes, whatever the program did with the meter. */
  get total(): number {
    this.#end ??= this.#read();
    return this.#end - this.#begin;
  }

  #read(): number {
    return this.#unit === "bytes" ? heap() : performance.now() * 1e6;
  }
}

/**
 * Warms up, then does all of the work, again and again until that has taken `least` milliseconds.
 *
 * Errors: rejects as the program does.
 */
export async function measure(program: Program, unit: Unit, n: number, least: number): Promise<Measured> {
  await warmUp(program, unit, n, least);
  let total = 0;
  let rounds = 0;
  let sum: number;
  do {
    const reading = new Reading(unit);
    reading.start();
    sum = await program(n, reading);
    if (reading.recorded !== null) return { value: reading.recorded, sum };
    total += reading.total;
    rounds++;
  } while (unit === "ns" && total < least * 1e6);
  return { value: unit === "ms" ? total / rounds / 1e6 : total / rounds / n, sum };
}

/** For the clock, a fifth of the work until the code has had time to be compiled; for the heap only so much that it is there at all. */
async function warmUp(program: Program, unit: Unit, n: number, least: number): Promise<void> {
  // A row in milliseconds records what it measures, and has its own idea of the first time.
  if (unit === "ms") return;
  const some = Math.max(1, Math.floor(unit === "ns" ? n / 5 : Math.min(n / 5, 100)));
  const begin = performance.now();
  do await program(some, new Reading(unit));
  while (unit === "ns" && performance.now() - begin < least);
}

// Twice, for what the first has finalized the second takes away.
function heap(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
