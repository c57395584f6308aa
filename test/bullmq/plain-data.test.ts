import { expect, test } from "@jest/globals";
import { checkPlainData } from "../../src/bullmq/plain-data.ts";

const limits = { maxBytes: 1000, isPostgres: false };

function check(value: unknown, isPostgres: boolean = false): void {
  checkPlainData("send", "job", value, { ...limits, isPostgres });
}

test.each([
  [{ a: [1, "two", true, null, { b: { c: -0.5 } }] }],
  [{ missing: undefined }],
  [Object.assign(Object.create(null) as object, { a: 1 })],
  ["text"],
  [0],
  ["\0 and \ud800"],
])("%j is plain data", (value) => {
  expect(() => check(value)).not.toThrow();
});

const cyclic: Record<string, unknown> = {};
cyclic["self"] = { cyclic };

test.each([
  [{ at: new Date(0) }, "job.at must be plain JSON data, got an object of the class Date"],
  [{ list: [1, { f: () => 1 }] }, "job.list[1].f must be plain JSON data, got a function"],
  [{ "two words": 1n }, 'job["two words"] must be plain JSON data, got a bigint'],
  [{ n: NaN }, "job.n must be plain JSON data, got NaN"],
  [{ n: [Infinity] }, "job.n[0] must be plain JSON data, got Infinity"],
  [[undefined], "job[0] must be plain JSON data, got undefined"],
  [{ data: new Uint8Array(2) }, "job.data must be plain JSON data, got an object of the class Uint8Array"],
  [{ s: Symbol("s") }, "job.s must be plain JSON data, got a symbol"],
  [cyclic, "job.self.cyclic must be plain JSON data, got a reference to an object that contains it"],
  [{ a: { toJSON: () => 1 } }, "job.a must be plain JSON data, got an object with a toJSON method"],
])("the error for %p has the path of the property", (value, message) => {
  expect(() => check(value)).toThrow(new TypeError(`send: ${message}`));
});

test("an object may be referred to twice", () => {
  const shared = { n: 1 };
  expect(() => check([shared, shared])).not.toThrow();
});

test.each(["a\0b", "\ud800", "\udc00x"])("%j is refused for Postgres, also as the name of a property", (text) => {
  expect(() => check({ text }, true)).toThrow(/^send: job\.text must .* which Postgres does not store$/);
  expect(() => check({ [text]: 1 }, true)).toThrow(/^send: the name of job.* which Postgres does not store$/);
  expect(() => check({ text: "\ud83d\ude00" }, true)).not.toThrow();
});

test("the limit is the size in bytes", () => {
  expect(() => check("x".repeat(998))).not.toThrow();
  expect(() => check("é".repeat(500))).toThrow(
    new RangeError(
      "send: job has 1002 bytes as JSON, more than maxBytes, which is 1000; store the data elsewhere and send a reference to it",
    ),
  );
});
