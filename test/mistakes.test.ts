// An example with one of its mistakes ends as the mistake declares. It runs in virtual time here, with three seeds;
// `npm run examples -- --mistakes --go` runs the edited Go twins.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import { compareOutcomes, type Example, examples, readRecording, runPort, toOutcome } from "../scripts/examples.ts";
import { applyEdit, mistakesOf, writeMistakes } from "../scripts/mistakes.ts";
import { ignoreLeaks } from "../src/testing/leaks.ts";
import { runInVirtualTime } from "./support/virtual-examples.ts";

const all: readonly Example[] = await examples();
const temporary = await mkdtemp(join(tmpdir(), "goro-"));
const edited = (await Promise.all(all.map((example) => writeMistakes(example, temporary)))).flat();

afterAll(() => rm(temporary, { recursive: true }));

test("every first lesson has three mistakes", async () => {
  const lessons = all.filter(({ name }) => name.startsWith("first/"));
  const mistakes = await Promise.all(lessons.map(mistakesOf));
  expect(mistakes.map(({ length }) => length)).toEqual(lessons.map(() => 3));
});

test("every mistake has a title, a question and an explanation of its own", async () => {
  const mistakes = (await Promise.all(all.map(mistakesOf))).flat();
  for (const field of ["title", "question", "explanation"] as const) {
    const texts = mistakes.map((mistake) => mistake[field]);
    expect(texts).not.toContain("");
    expect(new Set(texts).size).toBe(texts.length);
  }
  for (const { question } of mistakes) expect(question).toMatch(/\?$/);
});

test("an example without mistakes.ts has no mistakes", async () => {
  const example = all.find(({ name }) => name.startsWith("pitfalls/")) as Example;
  expect(await mistakesOf(example)).toEqual([]);
});

test("the text that an edit replaces must occur exactly once", () => {
  expect(applyEdit("a $& b", { find: "$&", replace: "$1" })).toBe("a $1 b");
  expect(() => applyEdit("a b a", { find: "a", replace: "c" })).toThrow("occurs 2 times: a");
  expect(() => applyEdit("a b a", { find: "d", replace: "c" })).toThrow("occurs 0 times: d");
});

test.each(edited.map((example) => [example.name, example] as const))("%s ends as declared", async (_, example) => {
  const declared = await readRecording(example);
  // A program that fails, and a main that returns early, leave goroutines behind.
  ignoreLeaks();
  for (const seed of [1, 2, 3]) {
    const outcome = await runInVirtualTime(example, seed);
    expect({ seed, wrong: compareOutcomes(example, declared, outcome) }).toEqual({ seed, wrong: [] });
  }
});

test("an example with a mistake runs as a separate process", async () => {
  const example = edited.find(({ name }) => name.startsWith("first/3-rendezvous")) as Example;
  const outcome = toOutcome(await runPort(example, { seed: 1 }));
  expect(compareOutcomes(example, await readRecording(example), outcome)).toEqual([]);
});
