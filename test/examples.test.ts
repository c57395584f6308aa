// Every example prints what its Go twin printed when it was recorded. They run in virtual time here, over many seeds; as a
// newcomer runs them, they are run by `npm run examples`.

import { expect, jest, test } from "@jest/globals";
import { bubble } from "goro/testing";
import { type Example, examples, orderOf, recorded, runPort } from "../scripts/examples.ts";
import { differences } from "../scripts/order.ts";

const all: readonly Example[] = await examples();
const seeds = Array.from({ length: 20 }, (_, i) => i + 1);

let copies = 0;

/** What the example prints in a bubble. A query makes the module anew each time. */
async function printed(example: Example, seed: number): Promise<string> {
  const lines: unknown[] = [];
  const log = jest.spyOn(console, "log").mockImplementation((line: unknown) => void lines.push(line));
  try {
    await bubble(() => import(`${example.port}?${++copies}`) as Promise<void>, { seed });
  } finally {
    log.mockRestore();
  }
  return lines.map((line) => `${String(line)}\n`).join("");
}

test("there are examples, and their names begin with their places on the path", () => {
  expect(all.length).toBeGreaterThanOrEqual(6);
  expect(all.map(({ name }) => Number(name.slice(0, 2)))).toEqual(all.map((_, i) => i + 1));
});

test.each(all.map((example) => [example.name, example] as const))(
  "%s prints what its Go twin prints",
  async (_, example) => {
    const order = await orderOf(example);
    const twin = await recorded(example);
    const outputs = new Set<string>();
    // A real server answers in an order of its own, and in its own time.
    for (const seed of order.real ? seeds.slice(0, 3) : seeds) {
      const output = await printed(example, seed);
      expect({ seed, wrong: differences(order, twin, output) }).toEqual({ seed, wrong: [] });
      if (!order.real) expect(await printed(example, seed)).toBe(output);
      outputs.add(output);
    }
    if (order.lines === "exact") expect(outputs.size).toBe(1);
    else if (!order.real) expect(outputs.size).toBeGreaterThan(1);
  },
);

test("an example runs as a program of its own, in real time and in virtual time", async () => {
  const example = all.find(({ name }) => name.includes("timeout")) as Example;
  for (const seed of [undefined, 1]) {
    const run = await runPort(example, seed);
    expect(run).toMatchObject({ code: 0, stderr: "" });
    expect(differences(await orderOf(example), await recorded(example), run.stdout)).toEqual([]);
  }
});
