// effect in the rows of locks, where a mutex is a semaphore of one permit, held for the length of an effect; and the prime sieve.

import { Effect, Queue, Semaphore } from "effect";
import type { Program } from "../rows/row.ts";
import { GOROUTINES, UNITS } from "../rows/sync.ts";

/** The await across which the contending fibers hold the lock. */
const awaitNothing = Effect.promise(() => Promise.resolve(null));

function uncontended(units: number): Program {
  return (n) =>
    Effect.runPromise(
      Effect.gen(function* () {
        const semaphore = yield* Semaphore.make(units);
        let count = 0;
        const turn = semaphore.withPermit(Effect.sync(() => count++));
        for (let i = 0; i < n; i++) yield* turn;
        return count;
      }),
    );
}

/** Runs `turn` `n` times in total, in a hundred fibers. */
function contended(turn: Effect.Effect<void>, n: number): Effect.Effect<void> {
  const fiber = Effect.fnUntraced(function* (first: number) {
    for (let i = first; i < n; i += GOROUTINES) yield* turn;
  });
  const fibers = Array.from({ length: GOROUTINES }, (_, first) => fiber(first));
  return Effect.all(fibers, { concurrency: "unbounded", discard: true });
}

const mutexContended: Program = (n) =>
  Effect.runPromise(
    Effect.gen(function* () {
      const mutex = yield* Semaphore.make(1);
      let count = 0;
      const hold = Effect.gen(function* () {
        const before = count;
        yield* awaitNothing;
        count = before + 1;
      });
      yield* contended(mutex.withPermit(hold), n);
      return count;
    }),
  );

const semaphoreContended: Program = (n) =>
  Effect.runPromise(
    Effect.gen(function* () {
      const semaphore = yield* Semaphore.make(UNITS);
      let count = 0;
      let holders = 0;
      const hold = Effect.gen(function* () {
        if (++holders <= UNITS) count++;
        yield* awaitNothing;
        holders--;
      });
      yield* contended(semaphore.withPermit(hold), n);
      return count;
    }),
  );

const primeSieve: Program = (n) =>
  Effect.runPromise(
    Effect.gen(function* () {
      let numbers = yield* Queue.bounded<number>(0);
      yield* Effect.forkChild(generate(numbers));
      let prime = NaN;
      for (let i = 0; i < n; i++) {
        prime = yield* Queue.take(numbers);
        const filtered = yield* Queue.bounded<number>(0);
        yield* Effect.forkChild(filter(numbers, filtered, prime));
        numbers = filtered;
      }
      return prime;
    }),
  );

const generate = Effect.fnUntraced(function* (numbers: Queue.Queue<number>) {
  for (let i = 2; ; i++) yield* Queue.offer(numbers, i);
});

const filter = Effect.fnUntraced(function* (
  numbers: Queue.Queue<number>,
  filtered: Queue.Queue<number>,
  prime: number,
) {
  for (;;) {
    const i = yield* Queue.take(numbers);
    if (i % prime !== 0) yield* Queue.offer(filtered, i);
  }
});

export const programs: Readonly<Record<string, Program>> = {
  mutex: uncontended(1),
  "mutex-contended": mutexContended,
  semaphore: uncontended(UNITS),
  "semaphore-contended": semaphoreContended,
  "prime-sieve": primeSieve,
};
