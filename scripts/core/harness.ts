// The part of a test runner that the core tests need, for hosts where jest cannot run: it replaces `@jest/globals` in the
// bundle of all tests, and works in every JavaScript host.

import { expect } from "expect";
import type { Failure, Report } from "./report.ts";

export { expect };

// Saved at load time, because tests replace them.
const { setTimeout, clearTimeout } = globalThis;

type Body = (...args: never[]) => unknown;
type Hook = () => unknown;

/** One test, with the hooks that run around it. */
interface Case {
  readonly name: string;
  readonly body: () => unknown;
  readonly suite: Suite;
}

/** The content of a `describe`. */
class Suite {
  readonly name: string;
  readonly parent: Suite | null;
  readonly before: Hook[] = [];
  readonly after: Hook[] = [];

  constructor(name: string, parent: Suite | null) {
    this.name = name;
    this.parent = parent;
  }

  /** The suites from the outermost to this one. */
  get path(): readonly Suite[] {
    return this.parent === null ? [this] : [...this.parent.path, this];
  }
}

const cases: Case[] = [];
let suite = new Suite("", null);

export const describe: Describe = Object.assign(
  (name: string, body: Body): void => {
    const outer = suite;
    suite = new Suite(name, outer);
    body();
    suite = outer;
  },
  { each: eachOf((name, body) => describe(name, body)) },
);

const sequential: Describe = Object.assign(
  (name: string, body: Body): void => {
    cases.push({ name, body, suite });
  },
  { each: eachOf((name, body) => sequential(name, body)) },
);

// All tests run sequentially.
export const test: Test = Object.assign(sequential, { concurrent: sequential });

/** Begins a test file: the following tests belong to it, and its hooks run only for its tests. */
export function beginFile(name: string): void {
  suite = new Suite(name, hooksOfAll);
}

/** Ends the setup: the hooks registered so far run for all tests. */
export function endSetup(): void {
  hooksOfAll = suite;
}

let hooksOfAll = suite;

export function beforeAll(hook: Hook): void {
  let isDone = false;
  suite.before.push(async () => {
    if (!isDone) await hook();
    isDone = true;
  });
}

/** The hooks that run after all tests, for suites with at least one test that has run. */
const finals: Hook[] = [];

export function afterAll(hook: Hook): void {
  beforeAll(() => finals.push(hook));
}

export function beforeEach(hook: Hook): void {
  suite.before.push(hook);
}

export function afterEach(hook: Hook): void {
  suite.after.unshift(hook);
}

type Register = (name: string, body: Body) => void;
type Each = (rows: readonly unknown[]) => Register;
type Describe = Register & { readonly each: Each };
type Test = Describe & { readonly concurrent: Describe };

function eachOf(register: Register): Each {
  return (rows) => (name, body) => {
    rows.forEach((row, index) => {
      const args = Array.isArray(row) ? (row as unknown[]) : [row];
      register(titled(name, args, index), () => (body as (...args: unknown[]) => unknown)(...args));
    });
  };
}

// Titles as in jest: %s, %p and similar stand for the arguments in order, %# for the index, $name for a field of a record.
function titled(name: string, args: readonly unknown[], index: number): string {
  let next = 0;
  const [record] = args;
  return name
    .replace(/%([sdijopf#%])/g, (_, kind: string) => {
      if (kind === "%") return "%";
      return kind === "#" ? String(index) : shown(args[next++]);
    })
    .replace(/\$(\w+)/g, (match, field: string) =>
      typeof record === "object" && record !== null && field in record
        ? shown((record as Record<string, unknown>)[field])
        : match,
    );
}

function shown(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "function") return value.name;
  try {
    return typeof value === "object" ? JSON.stringify(value) : String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

interface Options {
  /** Whether the run ends after the first failure. */
  readonly bail?: boolean;
  /** The indices of the tests to run, in this order. The default is all tests. */
  readonly order?: Iterable<number>;
  /** Matches the names of tests to skip. */
  readonly skip?: RegExp;
  /** The time limit of a test in milliseconds, so that a hanging promise does not hang the run. */
  readonly timeLimit?: number;
  /** Called before each test. */
  readonly onTest?: (name: string, index: number) => void;
  /** Called after each test. */
  readonly afterTest?: (index: number) => void;
}

/** Runs the tests sequentially. */
export async function runAll(options: Options = {}): Promise<Report> {
  const { bail = false, order = cases.keys(), skip, timeLimit = 60_000, onTest, afterTest } = options;
  let passed = 0;
  let skipped = 0;
  const failures: Failure[] = [];
  for (const index of order) {
    const testCase = cases[index] as Case;
    const name = [...testCase.suite.path.slice(1).map((suite) => suite.name), testCase.name].join(" > ");
    if (skip?.test(name)) continue;
    onTest?.(name, index);
    const failure = await run(testCase, timeLimit);
    afterTest?.(index);
    if (failure === null) passed++;
    else if (isBeyondHost(failure)) skipped++;
    else failures.push({ name, error: failure instanceof Error ? describeError(failure) : shown(failure) });
    if (bail && failures.length > 0) break;
  }
  for (const hook of finals) await hook();
  return { passed, failures, skipped };
}

// Only V8's stacks begin with the message.
function describeError({ name, message, stack = "" }: Error): string {
  return stack.includes(message) ? stack : `${name}: ${message}\n${stack}`;
}

const { process } = globalThis as unknown as {
  readonly process?: { readonly getBuiltinModule?: (id: string) => unknown };
};
const hasAsyncLocalStorage = process?.getBuiltinModule?.("node:async_hooks") !== undefined;

const noAsyncContext = "no AsyncLocalStorage";

/** Whether a test has failed only because it uses a bubble and the host, such as a browser, has no AsyncLocalStorage. */
function isBeyondHost(failure: unknown): boolean {
  if (hasAsyncLocalStorage || !(failure instanceof Error)) return false;
  return failure.message.includes(noAsyncContext) || isBeyondHost(failure.cause);
}

/** An unhandled error during a test, and the promise that was rejected with it, if there is one. */
let unhandled: { readonly error: unknown; readonly promise: unknown } | null = null;

/** Makes the current test fail, because the host has reported an unhandled error. */
export function reportUnhandled(error: unknown, promise?: unknown): void {
  unhandled = { error: error ?? new Error("a value that is not an error was thrown"), promise };
}

function unhandledError(): unknown {
  return unhandled === null ? null : unhandled.error;
}

/** Clears the error, because the rejection of `promise` has been handled later. */
export function markHandled(promise: unknown): void {
  if (unhandled?.promise === promise) unhandled = null;
}

async function run({ suite, body }: Case, timeLimit: number): Promise<unknown> {
  const path = suite.path;
  const steps = [...path.flatMap((suite) => suite.before), body];
  const after = [...path].reverse().flatMap((suite) => suite.after);
  let failure: unknown = null;
  unhandled = null;
  for (const step of steps) failure ??= await attempt(step, timeLimit);
  // Hooks also run after a failure, so that a failed test does not affect the next one.
  for (const step of after) {
    const error = await attempt(step, timeLimit);
    failure ??= error;
  }
  // Hosts report unhandled rejections only after the microtask queue is empty.
  await new Promise((resolve) => setTimeout(resolve, 0));
  return failure ?? unhandledError();
}

async function attempt(step: () => unknown, timeLimit: number): Promise<unknown> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(() => resolve(new Error(`the test takes longer than ${timeLimit / 1000} s`)), timeLimit);
  });
  try {
    return await Promise.race([Promise.resolve(step()).then(() => null), late]);
  } catch (error) {
    return error ?? new Error("a value that is not an error was thrown");
  } finally {
    clearTimeout(timer);
  }
}
