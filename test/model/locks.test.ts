// WaitGroup and the locks, proven against the models: after each step of random histories nothing is different.

import { describe, expect, test } from "@jest/globals";
import fc, { type Arbitrary } from "fast-check";
import { context, Mutex, RWMutex, Semaphore, WaitGroup } from "goro";
import { quiet } from "../support/promises.ts";
import { Ledger } from "./ledger.ts";
import { type LockModel, MutexModel, RWMutexModel, SemaphoreModel, WaitGroupModel } from "./locks.ts";
import { seed } from "./seed.ts";

/** A method of both the lock and its model, and the number that it is given. "dispose" gives back what was held. */
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
  test("does in every step what the model does, through 20,000 operations of random histories", () => {
    const histories = fc.array(fc.record({ method: fc.constantFrom(...methods), n }), { maxLength: 60, size: "max" });
    let operations = 0;
    fc.assert(
      fc.property(histories, (calls) => {
        live(calls, ...make());
        operations += calls.length;
      }),
      { seed, numRuns: 1000 },
    );
    expect(operations).toBeGreaterThan(20_000);
  });
});

test("a Semaphore does what the model does when those who wait are canceled, and all is waited for", async () => {
  const method = fc.constantFrom("acquire", "acquire", "release", "dispose", "tryAcquire", "cancel");
  const histories = fc.array(fc.record({ method, n: fc.nat(size + 1) }), { maxLength: 40, size: "max" });
  await fc.assert(fc.asyncProperty(histories, liveCanceled), { seed, numRuns: 150 });
});

/** Lives a history in one synchronous go. */
function live(calls: readonly Call[], real: object, model: LockModel): void {
  const told = new Map<number, string>();
  const held: [operation: number, held: Disposable][] = [];
  using ledger = new Ledger(
    () => 0,
    (operation, result) => {
      told.set(operation, told.has(operation) ? "told twice" : wordOf(result));
      if (isDisposable(result)) held.push([operation, result]);
    },
  );
  for (const [operation, { method, n }] of calls.entries()) {
    ledger.acting = model.operation = operation;
    const [owner, hold] = (held.length > 0 ? held[n % held.length] : undefined) ?? [-1, undefined];
    const answer = answerOf(() => (method === "dispose" ? hold?.[Symbol.dispose]() : call(real, method, n)));
    if (!(answer instanceof Promise)) told.set(operation, wordOf(answer));
    const word = call(model, method, method === "dispose" ? owner : n);
    if (word !== undefined) model.told.set(operation, word as string);
    expectSame(operation, method, told, model);
    if (ledger.size !== model.waiting.length) throw new Error(`${ledger.size} wait and not ${model.waiting.length}`);
  }
}

/** Lives a history in the real world. Each acquire has a context of its own; "cancel" ends that of the n-th. */
async function liveCanceled(calls: readonly Call[]): Promise<void> {
  const [real, model] = [new Semaphore(size), new SemaphoreModel(size)];
  const told = new Map<number, string>();
  const ends: [operation: number, end: () => void][] = [];
  const held: [operation: number, held: Disposable][] = [];
  for (const [operation, { method, n }] of calls.entries()) {
    const note = (result: unknown): void => {
      told.set(operation, wordOf(result));
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
    if (typeof word === "string") model.told.set(operation, word);
    await quiet();
    expectSame(operation, method, told, model);
  }
  for (const [, end] of ends) end();
}

function call(subject: object, method: string, n: number): unknown {
  const operation = (subject as Record<string, ((n?: number) => unknown) | undefined>)[method]?.bind(subject);
  // A lock takes options and no number.
  return /lock$/i.test(method) && !("acquire" in subject) && !("told" in subject) ? operation?.() : operation?.(n);
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

function wordOf(result: unknown): string {
  if (result instanceof Error) return result.message;
  if (isDisposable(result)) return "held";
  return result === undefined ? "done" : String(result);
}

function expectSame(operation: number, method: string, told: Map<number, string>, model: LockModel): void {
  const [real, modelled] = [told, model.told].map((words) => [...words].sort(([a], [b]) => a - b).join(" "));
  told.clear();
  model.told.clear();
  if (real !== modelled) throw new Error(`${operation}: ${method}\nthe library: ${real}\nthe model:   ${modelled}`);
}

function nothing(): void {
  // The end of a context that there is not.
}
