// How a wrong argument is shown in an error.

import { expect, test } from "@jest/globals";
import { Channel, Cond, context, createLimit, RateLimiter, Semaphore, time, WaitGroup, WorkerPool } from "goro";
import { bubble } from "goro/testing";
import { debounce, map, throttle } from "goro/pipeline";
import { describe as textOf } from "../../src/util/validate.ts";

const long = "a".repeat(1000);
const { proxy, revoke } = Proxy.revocable([], {});
revoke();

test.each<[name: string, value: unknown, text: string]>([
  ["a number", 5, "5"],
  ["a string", "5", '"5"'],
  ["an empty string", "", '""'],
  ["a string with a line break", 'a "b"\nc', '"a \\"b\\"\\nc"'],
  ["a long string", long, `"${"a".repeat(59)}…"`],
  ["a string of the greatest length", "b".repeat(60), `"${"b".repeat(60)}"`],
  ["a bigint", 5n, "5n"],
  ["null", null, "null"],
  ["undefined", undefined, "undefined"],
  ["a symbol", Symbol("5"), "Symbol(5)"],
  ["an array", [5], "an array"],
  ["an empty array", [], "an array"],
  ["an object", { a: 1 }, "[object Object]"],
  ["an object with a long text", { toString: () => long }, `${"a".repeat(59)}…`],
  ["an object whose text throws", { toString: () => Object.create(null) as string }, "[object Object]"],
  ["a revoked proxy", proxy, "a value that cannot be shown"],
  ["a function", Math.max, String(Math.max)],
  ["a channel", new Channel(), "a Channel"],
  ["a context", context.background(), "a Context"],
  ["a signal", new AbortController().signal, "an AbortSignal"],
])("%s is shown as its text", (_, value, text) => {
  expect(textOf(value)).toBe(text);
});

// A string and a number are different mistakes.
test.each<[name: string, call: (value: never) => unknown]>([
  ["Channel", (value) => new Channel(value)],
  ["Cond", (value) => new Cond(value)],
  ["createLimit", (value) => createLimit(value)],
  ["limit", (value) => createLimit(1)(() => 1, { priority: value })],
  ["context.withTimeout", (value) => context.withTimeout(context.background(), value)],
  ["RateLimiter", (value) => new RateLimiter(value)],
  ["RateLimiter.every", (value) => RateLimiter.every(value)],
  ["Semaphore", (value) => new Semaphore(value)],
  ["time.sleep", (value) => time.sleep(value)],
  ["WaitGroup.add", (value) => new WaitGroup().add(value)],
  ["WorkerPool", (value) => new WorkerPool(() => 1, { workers: value })],
  ["bubble", (value) => bubble(() => undefined, { seed: value })],
  ["debounce", (value) => debounce([1], value)],
  ["map", (value) => map([1], () => 1, { ordered: value })],
  ["throttle", (value) => throttle([1], 1, { leading: value })],
])("%s shows a string in quotes", async (_, call) => {
  const problem = await new Promise((resolve) => resolve(call('5"' as never))).catch((error: unknown) => error);
  expect(problem).toBeInstanceOf(Error);
  const { message, cause } = problem as Error;
  expect(`${message}; ${String(cause)}`).toContain('5\\""');
});
