// Runs a program and reads the clock, or the heap.

import type { Meter, Program, Unit } from "../rows/row.ts";

/** The result of one program, and its cost. */
export interface Measured {
  /** In the unit of the row; `Infinity` for an event that never happened. */
  readonly value: number;
  readonly sum: number;
}

/**
 * The time that a row in nanoseconds counts: `wall` time, or the `cpu` time of the process. On a busy machine CPU time has less noise; it
 * includes the threads of the garbage collector.
 */
export type Clock = "wall" | "cpu";

class Reading implements Meter {
  readonly #unit: Unit;
  readonly #clock: Clock;
  #begin = 0;
  #end: number | null = null;
  recorded: number | null = null;

  constructor(unit: Unit, clock: Clock) {
    this.#unit = unit;
    this.#clock = clock;
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

  /** Nanoseconds or bytes between `start` and `stop`, or until now if the program did not call `stop`. */
  get total(): number {
    this.#end ??= this.#read();
    return this.#end - this.#begin;
  }

  #read(): number {
    if (this.#unit === "bytes") return usedHeap();
    if (this.#unit === "ms" || this.#clock === "wall") return performance.now() * 1e6;
    const { user, system } = process.cpuUsage();
    return (user + system) * 1e3;
  }
}

/**
 * Warms the code up, and then runs the program until it has taken `min` milliseconds in total. A row of bytes runs once.
 *
 * @throws (rejects) the error of the program.
 */
export async function measure(program: Program, unit: Unit, n: number, min: number, clock: Clock): Promise<Measured> {
  await warmUp(program, unit, n, min);
  let total = 0;
  let rounds = 0;
  let sum: number;
  do {
    const reading = new Reading(unit, clock);
    reading.start();
    sum = await program(n, reading);
    if (reading.recorded !== null) return { value: reading.recorded, sum };
    total += reading.total;
    rounds++;
  } while (unit === "ns" && total < min * 1e6);
  return { value: unit === "ms" ? total / rounds / 1e6 : total / rounds / n, sum };
}

/**
 * The least number of runs that warm the code up. V8 compiles the code of a run for what has been the same in all runs before, and compiles it
 * again when the end of the first run, or the objects of the second, show that it is not.
 */
const minWarmUps = 3;

/** Runs a fifth of the work for `min` milliseconds, so that the code is compiled. For the heap, at most 100 operations load the code. */
async function warmUp(program: Program, unit: Unit, n: number, min: number): Promise<void> {
  // A row in milliseconds records its own measurement, and treats the first run itself.
  if (unit === "ms") return;
  const count = Math.max(1, Math.floor(unit === "ns" ? n / 5 : Math.min(n / 5, 100)));
  const begin = performance.now();
  let runs = 0;
  do {
    await program(count, new Reading(unit, "wall"));
    runs++;
  } while (unit === "ns" && (runs < minWarmUps || performance.now() - begin < min));
}

// Collects twice: the first collection runs finalizers, the second frees the objects that they released.
function usedHeap(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
