// Every example has the recorded outcome of its Go twin: the same output, the same message and the same exit code. The examples run
// in virtual time here, with six seeds; `npm run examples` runs them in real time.

import { readdir, readFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { compareOutcomes, type Example, examples, readRecording, runPort, toOutcome } from "../scripts/examples.ts";
import { uncovered, withTables } from "../scripts/index-tables.ts";
import { mistakes, patterns } from "../scripts/patterns.ts";
import { ignoreLeaks } from "../src/testing/leaks.ts";
import { runInVirtualTime } from "./support/virtual-examples.ts";

const all: readonly Example[] = await examples();
const seeds = [1, 2, 3, 4, 5, 6];

test("the names of the examples begin with their numbers on the path", async () => {
  const folders = await readdir(new URL("../examples", import.meta.url));
  const path = folders.filter((name) => /^\d/.test(name)).sort();
  expect(path.map((name) => Number(name.slice(0, 2)))).toEqual(path.map((_, i) => i + 1));
  // Two examples have no Go twin.
  const twins = all.filter(({ name }) => !name.includes("/")).map(({ name }) => name);
  expect(path.filter((name) => !twins.includes(name))).toEqual(["50-machines", "51-opentelemetry"]);
});

test("the names of the first lessons begin with their numbers, and the lessons come before the path", () => {
  const lessons = all.filter(({ name }) => name.startsWith("first/"));
  expect(lessons).toEqual(all.slice(0, 8));
  expect(lessons.map(({ name }) => Number.parseInt(name.slice("first/".length)))).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

test("a first lesson prints at most six lines", async () => {
  for (const example of all.filter(({ name }) => name.startsWith("first/"))) {
    expect((await readRecording(example)).output.split("\n").length - 1).toBeLessThanOrEqual(6);
  }
});

test("every pattern and every mistake has a program, or a reason for its absence", () => {
  expect(uncovered(all)).toEqual([]);
  const known = new Set(Object.keys({ ...patterns, ...mistakes }));
  expect(all.flatMap(({ order }) => order.patterns).filter((id) => !known.has(id))).toEqual([]);
  for (let i = 1; i <= 63; i++) expect(patterns).toHaveProperty(`P${i}`);
  for (let i = 1; i <= 46; i++) expect(mistakes).toHaveProperty(`B${i}`);
});

test("every pitfall has a broken and a fixed program", () => {
  const pitfalls = all.filter(({ name }) => name.startsWith("pitfalls/")).map(({ name }) => name);
  const folders = [...new Set(pitfalls.map((name) => name.replace(/\/[^/]*$/, "")))];
  expect(pitfalls).toEqual(folders.flatMap((folder) => [`${folder}/broken`, `${folder}/fixed`]));
  expect(folders.length).toBeGreaterThan(30);
});

test("the tables of examples/README.md are current (npm run index)", async () => {
  const page = await readFile(new URL("../examples/README.md", import.meta.url), "utf8");
  expect(page).toBe(await withTables(page, all));
});

test.each(all.map((example) => [example.name, example] as const))(
  "%s has the outcome of its Go twin",
  async (_, example) => {
    const { order } = example;
    const twin = await readRecording(example);
    // A failed program leaves goroutines behind, and so does a program whose main returns before its goroutines.
    ignoreLeaks();
    const outputs = new Set<string>();
    // The order and the time of the responses of a real server are not virtual.
    for (const seed of order.real ? seeds.slice(0, 2) : seeds) {
      const done = await runInVirtualTime(example, seed);
      expect({ seed, wrong: compareOutcomes(example, twin, done) }).toEqual({ seed, wrong: [] });
      if (!order.real && seed <= 2) expect(await runInVirtualTime(example, seed)).toEqual(done);
      outputs.add(done.output);
    }
    if (order.lines === "exact") expect(outputs.size).toBe(1);
    else if (!order.real) expect(outputs.size).toBeGreaterThan(1);
  },
);

test("an example runs as a separate process, in real time and in virtual time", async () => {
  // In real time the outcome of a deadline depends on the load of the machine.
  for (const [name, seed] of [["basic-pool"], ["deadline", 1]] as const) {
    const example = all.find((candidate) => candidate.name.endsWith(name)) as Example;
    const run = await runPort(example, { seed });
    expect(run).toMatchObject({ code: 0, stderr: "" });
    expect(compareOutcomes(example, await readRecording(example), toOutcome(run))).toEqual([]);
  }
});
