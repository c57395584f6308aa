// The cost of locks and semaphores, uncontended and with a hundred contending goroutines.
//
// A contending goroutine holds its lock across an await, because only then can other goroutines run.

import type { Adapters } from "../implementations/implementation.ts";
import type { Row } from "./row.ts";

/** The contending goroutines. */
export const GOROUTINES = 100;

/** The units of a semaphore. */
export const UNITS = 10;

type Name = "mutex" | "semaphore";

function uncontended(id: string, title: string, needs: Name, units: number): Row<Name> {
  return {
    id,
    title,
    unit: "ns",
    n: 2_000_000,
    needs,
    expected: (n) => n,
    async run(adapter: Adapters[Name], n) {
      const lock = adapter.make(units);
      let count = 0;
      for (let i = 0; i < n; i++) {
        const held = await adapter.acquire(lock);
        count++;
        adapter.release(lock, held);
      }
      return count;
    },
  };
}

const mutexContended: Row<"mutex"> = {
  id: "mutex-contended",
  title: "mutex that 100 goroutines contend for, held across an await",
  unit: "ns",
  n: 500_000,
  needs: "mutex",
  expected: (n) => n,
  async run(adapter, n) {
    const mutex = adapter.make(1);
    let count = 0;
    const goroutine = async (first: number): Promise<void> => {
      for (let i = first; i < n; i += GOROUTINES) {
        const held = await adapter.acquire(mutex);
        // The count is right only under mutual exclusion.
        const before = count;
        await null;
        count = before + 1;
        adapter.release(mutex, held);
      }
    };
    await Promise.all(Array.from({ length: GOROUTINES }, (_, first) => goroutine(first)));
    return count;
  },
};

const semaphoreContended: Row<"semaphore"> = {
  id: "semaphore-contended",
  title: "semaphore of 10 that 100 goroutines contend for, held across an await",
  unit: "ns",
  n: 500_000,
  needs: "semaphore",
  expected: (n) => n,
  async run(adapter, n) {
    const semaphore = adapter.make(UNITS);
    let count = 0;
    let holders = 0;
    const goroutine = async (first: number): Promise<void> => {
      for (let i = first; i < n; i += GOROUTINES) {
        const held = await adapter.acquire(semaphore);
        if (++holders <= UNITS) count++;
        await null;
        holders--;
        adapter.release(semaphore, held);
      }
    };
    await Promise.all(Array.from({ length: GOROUTINES }, (_, first) => goroutine(first)));
    return count;
  },
};

/** The tasks of a limit that run at once. */
export const TASKS = 4;

const limitCalls: Row<"limit"> = {
  id: "limit-calls",
  title: "trivial async functions through a limit of 4, all called at once",
  unit: "ns",
  n: 200_000,
  go: null,
  needs: "limit",
  expected: (n) => (n * (n - 1)) / 2,
  async run(adapter, n, meter) {
    meter.start();
    const limit = adapter.make(TASKS);
    const results = await Promise.all(Array.from({ length: n }, (_, i) => limit(async () => i)));
    meter.stop();
    let sum = 0;
    for (const result of results) sum += result;
    return sum;
  },
};

export const sync: readonly Row[] = [
  uncontended("mutex", "mutex, locked and unlocked", "mutex", 1),
  mutexContended,
  uncontended("semaphore", "semaphore of 10, one unit acquired and released", "semaphore", UNITS),
  semaphoreContended,
  limitCalls,
];
