// Every example does what its Go twin did when it was recorded: prints the same, fails with the same words and the same exit
// code, or does not. They run in virtual time here, over some seeds; as a newcomer runs them, they are run by
// `npm run examples`.

import { readFile } from "node:fs/promises";
import { expect, jest, test } from "@jest/globals";
import { compared, type Example, examples, type Outcome, outcome, recorded, runPort } from "../scripts/examples.ts";
import { uncovered, withLists } from "../scripts/lists.ts";
import { mistakes, patterns } from "../scripts/patterns.ts";
import { failure } from "../scripts/failure.ts";
import { formatPanic } from "../src/runtime/panic.ts";
import { Bubble, type BubbleResult, tracker } from "../src/testing/bubble.ts";
import { ignoreLeaks } from "../src/testing/leaks.ts";

const all: readonly Example[] = await examples();
const seeds = [1, 2, 3, 4, 5, 6];

let copies = 0;

/** What the example does as the program of a bubble. A query makes the module anew each time. */
async function inVirtualTime(example: Example, seed: number): Promise<Outcome> {
  const printed: string[] = [];
  const spies = [
    jest.spyOn(console, "log").mockImplementation((line: unknown = "") => void printed.push(`${String(line)}\n`)),
    jest.spyOn(process.stdout, "write").mockImplementation((text) => printed.push(String(text)) > 0),
  ];
  const world = new Bubble(seed);
  const close = tracker.enable();
  try {
    tracker.runIn(world, undefined, () => void import(`${example.port}?${++copies}`));
    const ending = await world.result;
    return { output: printed.join(""), failure: failure(ending.status === "returned" ? 0 : 2, report(ending)) };
  } finally {
    if (!world.hasLeftovers) close();
    for (const spy of spies) spy.mockRestore();
  }
}

function report({ status: way, value, goroutine, report }: BubbleResult): string {
  if (way === "panicked") return formatPanic(value, goroutine, report);
  return `fatal error: all goroutines are asleep - deadlock!\n\n${report}`;
}

test("the names of the examples begin with their places on the path", () => {
  const path = all.filter(({ name }) => !name.includes("/"));
  expect(path.map(({ name }) => Number(name.slice(0, 2)))).toEqual(path.map((_, i) => i + 1));
});

test("every pattern and every mistake has a program, or a reason why there is none", () => {
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

test("the lists of the examples are those that the examples give (npm run index)", async () => {
  const page = await readFile(new URL("../examples/README.md", import.meta.url), "utf8");
  expect(page).toBe(await withLists(page, all));
});

test.each(all.map((example) => [example.name, example] as const))(
  "%s does what its Go twin does",
  async (_, example) => {
    const { order } = example;
    const twin = await recorded(example);
    // A program that fails leaves goroutines behind, and so does one whose main returns before others do.
    ignoreLeaks();
    const outputs = new Set<string>();
    // A real server answers in an order of its own, and in its own time.
    for (const seed of order.real ? seeds.slice(0, 2) : seeds) {
      const done = await inVirtualTime(example, seed);
      expect({ seed, wrong: compared(example, twin, done) }).toEqual({ seed, wrong: [] });
      if (!order.real && seed <= 2) expect(await inVirtualTime(example, seed)).toEqual(done);
      outputs.add(done.output);
    }
    if (order.lines === "exact") expect(outputs.size).toBe(1);
    else if (!order.real) expect(outputs.size).toBeGreaterThan(1);
  },
);

test("an example runs as a program of its own, in real time and in virtual time", async () => {
  // What comes of a deadline in real time is a matter of how busy the machine is.
  for (const [name, seed] of [["basic-pool"], ["deadline", 1]] as const) {
    const example = all.find((each) => each.name.endsWith(name)) as Example;
    const run = await runPort(example, { seed });
    expect(run).toMatchObject({ code: 0, stderr: "" });
    expect(compared(example, await recorded(example), outcome(run))).toEqual([]);
  }
});
