// A small test runner for hosts without jest. It replaces `@jest/globals` in the bundle of the tests of the core, and runs in every
// JavaScript host.

import { expect } from "expect";
import type { Failure, Report } from "./report.ts";

export { expect };

// Read once, because tests replace them.
const { setTimeout, clearTimeout } = globalThis;

type Body = (...args: never[]) => unknown;
type Hook = () => unknown;

/** A test with the hooks that run around it. */
interface Case {
  readonly name: string;
  readonly body: () => unknown;
  readonly suite: Suite;
}

/** The hooks and the name of a `describe`. */
class Suite {
  readonly name: string;
  readonly parent: Suite | null;
  readonly before: Hook[] = [];
  readonly after: Hook[] = [];

  constructor(name: string, parent: Suite | null) {
    this.name = name;
    this.parent = parent;
  }

  /** The enclosing suites, from the outermost to this one. */
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

// All tests run one after the other here.
export const test: Test = Object.assign(sequential, { concurrent: sequential });

/** Begins a file of tests: its hooks apply only to its tests. */
export function beginFile(name: string): void {
  suite = new Suite(name, hooksOfAll);
}

/** Ends the setup: the hooks so far apply to all tests. */
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

/** The `afterAll` hooks of the suites of which at least one test has run. */
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

// The titles of jest: %s, %p and similar for the arguments in turn, %# for the index, $name for a field of a record.
function titled(name: string, args: readonly unknown[], index: number): string {
  let next = 0;
  const [record] = args;
  return name
    .replace(/%([sdijopf#%])/g, (_, kind: string) => {
      if (kind === "%") return "%";
      return kind === "#" ? String(index) : shown(args[next++]);
    })
    .replace(/\$(\w+)/g, (whole, field: string) =>
      typeof record === "object" && record !== null && field in record
        ? shown((record as Record<string, unknown>)[field])
        : whole,
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
  /** Whether the run ends at the first failure. */
  readonly bail?: boolean;
  /** The numbers of the tests to run, in this order; the default is all. */
  readonly order?: Iterable<number>;
  /** The tests to leave out, by their names. */
  readonly skip?: RegExp;
  /** The time limit of a test, in milliseconds, so that a pending promise does not block the run. */
  readonly timeLimit?: number;
  /** Called before each test. */
  readonly onTest?: (name: string, index: number) => void;
  /** Called after each test. */
  readonly afterTest?: (index: number) => void;
}

/** Runs the tests, one after the other. */
export async function runAll(options: Options = {}): Promise<Report> {
  const { bail = false, order = cases.keys(), skip, timeLimit = 60_000, onTest, afterTest } = options;
  let passed = 0;
  let skipped = 0;
  const failures: Failure[] = [];
  for (const index of order) {
    const one = cases[index] as Case;
    const name = [...one.suite.path.slice(1).map((each) => each.name), one.name].join(" > ");
    if (skip?.test(name)) continue;
    onTest?.(name, index);
    const failure = await run(one, timeLimit);
    afterTest?.(index);
    if (failure === null) passed++;
    else if (isBeyondHost(failure)) skipped++;
    else failures.push({ name, error: failure instanceof Error ? describeError(failure) : shown(failure) });
    if (bail && failures.length > 0) break;
  }
  for (const hook of finals) await hook();
  return { passed, failures, skipped };
}

// Only on V8 does a stack begin with the message.
function describeError({ name, message, stack = "" }: Error): string {
  return stack.includes(message) ? stack : `${name}: ${message}\n${stack}`;
}

const { process } = globalThis as unknown as {
  readonly process?: { readonly getBuiltinModule?: (id: string) => unknown };
};
const hasAsyncLocalStorage = process?.getBuiltinModule?.("node:async_hooks") !== undefined;

/** Reports whether a test has failed because the host, such as a browser, does not support bubbles. */
function isBeyondHost(failure: unknown): boolean {
  if (hasAsyncLocalStorage || !(failure instanceof Error)) return false;
  return failure.message.includes("AsyncLocalStorage") || isBeyondHost(failure.cause);
}

/** An unhandled error during a test, and the promise that was rejected with it, if any. */
let loose: { readonly error: unknown; readonly promise: unknown } | null = null;

/** Fails the current test because the host has reported an unhandled error. */
export function failLoose(error: unknown, promise?: unknown): void {
  loose = { error: error ?? new Error("something that is not an error was thrown"), promise };
}

function looseError(): unknown {
  return loose === null ? null : loose.error;
}

/** Removes the failure for `promise`, whose rejection has been handled later. */
export function handled(promise: unknown): void {
  if (loose?.promise === promise) loose = null;
}

async function run({ suite, body }: Case, timeLimit: number): Promise<unknown> {
  const path = suite.path;
  const steps = [...path.flatMap((each) => each.before), body];
  const after = [...path].reverse().flatMap((each) => each.after);
  let failure: unknown = null;
  loose = null;
  for (const step of steps) failure ??= await attempt(step, timeLimit);
  // Leftovers of a failed test must not affect the next test.
  for (const step of after) {
    const error = await attempt(step, timeLimit);
    failure ??= error;
  }
  // Hosts report unhandled rejections only when the microtask queue is empty.
  await new Promise((resolve) => setTimeout(resolve, 0));
  return failure ?? looseError();
}

async function attempt(step: () => unknown, timeLimit: number): Promise<unknown> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(() => resolve(new Error(`it takes longer than ${timeLimit / 1000} s`)), timeLimit);
  });
  try {
    return await Promise.race([Promise.resolve(step()).then(() => null), late]);
  } catch (error) {
    return error ?? new Error("a value that is not an error was thrown");
  } finally {
    clearTimeout(timer);
  }
}
