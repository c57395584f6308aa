// WaitGroup and the locks, compared with the models after each step of random histories.

import { describe, expect, test } from "@jest/globals";
import fc, { type Arbitrary } from "fast-check";
import { context, Mutex, RWMutex, Semaphore, WaitGroup } from "goro";
import { quiet } from "../support/promises.ts";
import { RecordingRealm } from "./bookkeeping.ts";
import { type LockModel, MutexModel, RWMutexModel, SemaphoreModel, WaitGroupModel } from "./locks.ts";
import { seed } from "./seed.ts";

/** A method of both the lock and its model, and its argument. "dispose" disposes the guard of an earlier operation. */
interface Call {
  readonly method: string;
  readonly n: number;
}

const size = 3;

const subjects: [name: string, methods: string[], n: Arbitrary<number>, make: () => [object, LockModel]][] = [
  [
    "WaitGroup",
    ["add", "done", "wait"],
    fc.integer({ min: -2, max: 3 }),
    () => [new WaitGroup(), new WaitGroupModel()],
  ],
  ["Mutex", ["lock", "tryLock", "unlock", "dispose"], fc.nat(9), () => [new Mutex(), new MutexModel()]],
  [
    "RWMutex",
    ["lock", "tryLock", "unlock", "rLock", "tryRLock", "rUnlock", "dispose"],
    fc.nat(9),
    () => [new RWMutex(), new RWMutexModel()],
  ],
  [
    "Semaphore",
    ["acquire", "tryAcquire", "release", "dispose"],
    fc.nat(size + 1),
    () => [new Semaphore(size), new SemaphoreModel(size)],
  ],
];

// R74 to R79, R83 to R89
describe.each(subjects)("a %s", (_, methods, n, make) => {
  test("matches the model in every step, through 20,000 operations of random histories", () => {
    const histories = fc.array(fc.record({ method: fc.constantFrom(...methods), n }), { maxLength: 60, size: "max" });
    let operations = 0;
    fc.assert(
      fc.property(histories, (calls) => {
        run(calls, ...make());
        operations += calls.length;
      }),
      { seed, numRuns: 1000 },
    );
    expect(operations).toBeGreaterThan(20_000);
  });
});

test("a Semaphore matches the model with canceled waiters and awaited promises", async () => {
  const method = fc.constantFrom("acquire", "acquire", "release", "dispose", "tryAcquire", "cancel");
  const histories = fc.array(fc.record({ method, n: fc.nat(size + 1) }), { maxLength: 40, size: "max" });
  await fc.assert(fc.asyncProperty(histories, runWithCancels), { seed, numRuns: 150 });
});

/** Runs a history synchronously. */
function run(calls: readonly Call[], real: object, model: LockModel): void {
  const results = new Map<number, string>();
  const held: [operation: number, held: Disposable][] = [];
  using realm = new RecordingRealm(
    () => 0,
    (operation, result) => {
      results.set(operation, results.has(operation) ? "two results" : formatResult(result));
      if (isDisposable(result)) held.push([operation, result]);
    },
  );
  for (const [operation, { method, n }] of calls.entries()) {
    realm.acting = model.operation = operation;
    const [owner, hold] = (held.length > 0 ? held[n % held.length] : undefined) ?? [-1, undefined];
    const answer = answerOf(() => (method === "dispose" ? hold?.[Symbol.dispose]() : call(real, method, n)));
    if (!(answer instanceof Promise)) results.set(operation, formatResult(answer));
    const word = call(model, method, method === "dispose" ? owner : n);
    if (word !== undefined) model.results.set(operation, word as string);
    expectSame(operation, method, results, model);
    if (realm.size !== model.waiting.length) throw new Error(`${realm.size} wait and not ${model.waiting.length}`);
  }
}

/** Runs a history in the default realm. Each acquire has its own context; "cancel" cancels that of the n-th last acquire. */
async function runWithCancels(calls: readonly Call[]): Promise<void> {
  const [real, model] = [new Semaphore(size), new SemaphoreModel(size)];
  const results = new Map<number, string>();
  const ends: [operation: number, end: () => void][] = [];
  const held: [operation: number, held: Disposable][] = [];
  for (const [operation, { method, n }] of calls.entries()) {
    const note = (result: unknown): void => {
      results.set(operation, formatResult(result));
      if (isDisposable(result)) held.push([operation, result]);
    };
    model.operation = operation;
    let word: unknown = "done";
    if (method === "cancel") {
      const [canceled, end] = ends.at(-1 - n) ?? [operation, nothing];
      end();
      note(undefined);
      model.cancel(canceled);
    } else if (method === "dispose") {
      const [owner, hold] = held.at(-1 - n) ?? [-1, undefined];
      hold?.[Symbol.dispose]();
      note(undefined);
      model.dispose(owner);
    } else {
      const [ctx, end] = context.withCancel(context.background());
      if (method === "acquire") ends.push([operation, end]);
      const answer = answerOf(() => (method === "acquire" ? real.acquire(n, { ctx }) : call(real, method, n)));
      if (answer instanceof Promise) answer.then(note, note);
      else note(answer);
      word = call(model, method, n);
    }
    if (typeof word === "string") model.results.set(operation, word);
    await quiet();
    expectSame(operation, method, results, model);
  }
  for (const [, end] of ends) end();
}

function call(subject: object, method: string, n: number): unknown {
  const operation = (subject as Record<string, ((n?: number) => unknown) | undefined>)[method]?.bind(subject);
  // A lock and `wait` take options and no number.
  return /(lock|wait)$/i.test(method) && !("acquire" in subject) && !("results" in subject)
    ? operation?.()
    : operation?.(n);
}

function answerOf(f: () => unknown): unknown {
  try {
    return f();
  } catch (error) {
    return error;
  }
}

function isDisposable(result: unknown): result is Disposable {
  return typeof result === "object" && result !== null && Symbol.dispose in result;
}

function formatResult(result: unknown): string {
  if (result instanceof Error) return result.message;
  if (isDisposable(result)) return "held";
  return result === undefined ? "done" : String(result);
}

function expectSame(operation: number, method: string, results: Map<number, string>, model: LockModel): void {
  const [real, expected] = [results, model.results].map((words) => [...words].sort(([a], [b]) => a - b).join(" "));
  results.clear();
  model.results.clear();
  if (real !== expected) throw new Error(`${operation}: ${method}\nthe library: ${real}\nthe model:   ${expected}`);
}

function nothing(): void {
  // Stands for the cancel function of a missing context.
}
