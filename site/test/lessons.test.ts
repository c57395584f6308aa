import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { examples } from "../../scripts/examples.ts";
import { mistakesOf } from "../../scripts/mistakes.ts";
import { path } from "../lessons/path.ts";
import { pitfalls } from "../lessons/pitfalls.ts";

const all = await examples();

function assertDifferent(texts: readonly string[]): void {
  assert.ok(!texts.includes(""));
  assert.equal(new Set(texts).size, texts.length);
}

test("the lessons are examples, in the order of the examples", () => {
  const numbers = path.map((lesson) => all.findIndex(({ name }) => name === lesson.example));
  assert.ok(!numbers.includes(-1));
  assert.deepEqual(
    numbers,
    numbers.toSorted((a, b) => a - b),
  );
});

test("each lesson has an address, a title and a text of its own, and the text ends in a question", () => {
  for (const field of ["slug", "title", "text"] as const) assertDifferent(path.map((lesson) => lesson[field]));
  for (const { slug, text } of path) {
    assert.match(slug, /^[a-z]+(-[a-z]+)*$/);
    assert.match(text, /^[^.?]+\. [^.?]+\?$/);
  }
});

test("no lesson imports anything but goro", async () => {
  for (const { port } of all.filter(({ name }) => path.some(({ example }) => example === name))) {
    assert.doesNotMatch(await readFile(port, "utf8"), /from "(?!goro")/);
  }
});

test("the path has eight first lessons and about seventeen others", () => {
  const first = path.filter(({ example }) => example.startsWith("first/"));
  assert.equal(first.length, 8);
  assert.deepEqual(path.slice(0, 8), first);
  assert.ok(path.length - first.length >= 15);
});

test("each first lesson has three mistakes, each other lesson at least one, and none shares a text with another", async () => {
  const mistakes = await Promise.all(
    path.map(async ({ example }) => {
      const found = all.find(({ name }) => name === example);
      assert.ok(found);
      const own = await mistakesOf(found);
      if (example.startsWith("first/")) assert.equal(own.length, 3, example);
      else assert.ok(own.length > 0, example);
      return own;
    }),
  );
  for (const field of ["question", "explanation"] as const) {
    assertDifferent(mistakes.flat().map((mistake) => mistake[field]));
  }
});

test("every pair of programs in examples/pitfalls is a pitfall", () => {
  const names = all.map(({ name }) => name).filter((name) => name.startsWith("pitfalls/"));
  assert.deepEqual(
    pitfalls.flatMap(({ broken, fixed }) => [broken, fixed]),
    names,
  );
  for (const field of ["slug", "title", "text"] as const) assertDifferent(pitfalls.map((pitfall) => pitfall[field]));
});
