// Every example prints what its Go twin printed when it was recorded.

import { expect, test } from "@jest/globals";
import { type Example, examples, orderOf, recorded, runPort } from "../scripts/examples.ts";
import { differences } from "../scripts/order.ts";

const all: readonly Example[] = await examples();

test("there are examples, and their names begin with their places on the path", () => {
  expect(all.length).toBeGreaterThanOrEqual(6);
  expect(all.map(({ name }) => Number(name.slice(0, 2)))).toEqual(all.map((_, i) => i + 1));
});

test.each(all.map((example) => [example.name, example] as const))(
  "%s prints what its Go twin prints",
  async (_, example) => {
    const run = await runPort(example);
    expect(run).toMatchObject({ code: 0, stderr: "" });
    expect(differences(await orderOf(example), await recorded(example), run.stdout)).toEqual([]);
  },
);
