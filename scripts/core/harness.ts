// As much of a test runner as the core's tests need, for where jest cannot run: it takes the place of `@jest/globals` in the
// bundle of all tests, and works in every JavaScript host.

import { expect } from "expect";
import type { Failure, Report } from "./report.ts";

export { expect };

// Taken once: tests put others in their place.
const { setTimeout, clearTimeout } = globalThis;

type Body = (...args: never[]) => unknown;
type Hook = () => unknown;

/** One test, with the hooks that run around it. */
interface Case {
  readonly name: string;
  readonly body: () => unknown;
  readonly suite: Suite;
}

/** What a `describe` holds. */
class Suite {
  readonly name: string;
  readonly parent: Suite | null;
  readonly before: Hook[] = [];
  readonly after: Hook[] = [];

  constructor(name: string, parent: Suite | null) {
    this.name = name;
    this.parent = parent;
  }

  /** From the outermost to this one. */
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

// Here all tests run one after the other.
export const test: Test = Object.assign(sequential, { concurrent: sequential });

/** Begins a file of tests: what follows belongs to it, and its hooks to its tests alone. */
export function beginFile(name: string): void {
  suite = new Suite(name, hooksOfAll);
}

/** Ends what is for every file: the hooks so far are those of all tests. */
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

/** What is to be done when all tests have run: for the suites of which at least one has. */
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

// Jest's titles: %s, %p and their like stand for the arguments one by one, %# for the index, $name for a field of a record.
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
  /** Whether the run ends with the first test that fails. */
  readonly bail?: boolean;
  /** The numbers of the tests to run, in this order. All, unless given. */
  readonly order?: Iterable<number>;
  /** The tests to leave out, by their names. */
  readonly skip?: RegExp;
  /** How long a test may take, in milliseconds. A hung promise must not hang the run. */
  readonly patience?: number;
  /** Is told of each test before it runs. */
  readonly onTest?: (name: string, index: number) => void;
  /** Is told of each test after it ran. */
  readonly afterTest?: (index: number) => void;
}

/** Runs the tests, one after the other. */
export async function runAll(options: Options = {}): Promise<Report> {
  const { bail = false, order = cases.keys(), skip, patience = 60_000, onTest, afterTest } = options;
  let passed = 0;
  let skipped = 0;
  const failures: Failure[] = [];
  for (const index of order) {
    const one = cases[index] as Case;
    const name = [...one.suite.path.slice(1).map((each) => each.name), one.name].join(" > ");
    if (skip?.test(name)) continue;
    onTest?.(name, index);
    const failure = await run(one, patience);
    afterTest?.(index);
    if (failure === null) passed++;
    else if (isBeyondHost(failure)) skipped++;
    else failures.push({ name, error: failure instanceof Error ? describeError(failure) : shown(failure) });
    if (bail && failures.length > 0) break;
  }
  for (const hook of finals) await hook();
  return { passed, failures, skipped };
}

// A stack begins with the message on V8 alone.
function describeError({ name, message, stack = "" }: Error): string {
  return stack.includes(message) ? stack : `${name}: ${message}\n${stack}`;
}

const { process } = globalThis as unknown as {
  readonly process?: { readonly getBuiltinModule?: (id: string) => unknown };
};
const hasAsyncLocalStorage = process?.getBuiltinModule?.("node:async_hooks") !== undefined;

const lackOfWorlds = "the host cannot tell who is inside: no AsyncLocalStorage";

/** Whether a test has failed only because it has a bubble, and the host, as browsers do, lacks what bubbles need. */
function isBeyondHost(failure: unknown): boolean {
  if (hasAsyncLocalStorage || !(failure instanceof Error)) return false;
  return failure.message.includes(lackOfWorlds) || isBeyondHost(failure.cause);
}

/** An error that was not handled while a test ran, and the promise that was rejected with it, if it was one. */
let loose: { readonly error: unknown; readonly promise: unknown } | null = null;

/** Makes the current test fail: the host has reported an error that is not handled. */
export function failLoose(error: unknown, promise?: unknown): void {
  loose = { error: error ?? new Error("something that is not an error was thrown"), promise };
}

function looseError(): unknown {
  return loose === null ? null : loose.error;
}

/** Takes that back: the rejection of `promise` has been handled after all. */
export function handled(promise: unknown): void {
  if (loose?.promise === promise) loose = null;
}

async function run({ suite, body }: Case, patience: number): Promise<unknown> {
  const path = suite.path;
  const steps = [...path.flatMap((each) => each.before), body];
  const after = [...path].reverse().flatMap((each) => each.after);
  let failure: unknown = null;
  loose = null;
  for (const step of steps) failure ??= await attempt(step, patience);
  // What a failed test leaves behind must not reach the next one.
  for (const step of after) {
    const error = await attempt(step, patience);
    failure ??= error;
  }
  // Hosts tell of what nobody handles only when nothing else is to do.
  await new Promise((resolve) => setTimeout(resolve, 0));
  return failure ?? looseError();
}

async function attempt(step: () => unknown, patience: number): Promise<unknown> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(() => resolve(new Error(`it takes longer than ${patience / 1000} s`)), patience);
  });
  try {
    return await Promise.race([Promise.resolve(step()).then(() => null), late]);
  } catch (error) {
    return error ?? new Error("something that is no error was thrown");
  } finally {
    clearTimeout(timer);
  }
}
