// T-P01: test/examples.test.ts runs the programs of the documents. Here: every pattern has its program.

import { access } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "@jest/globals";
import { examples } from "../../scripts/examples.ts";
import { patterns } from "../../scripts/patterns.ts";

const all = await examples();

// T-P01; R165, R166, R167, R168, R172
test("every pattern that can be a program has one, in TypeScript and in Go", async () => {
  const ids = Array.from({ length: 63 }, (_, i) => `P${i + 1}`);
  expect(Object.keys(patterns)).toEqual(ids);
  for (const id of ids) {
    const matching = all.filter(({ order }) => order.patterns.includes(id));
    expect([id, matching.length > 0 || patterns[id]?.instead !== undefined]).toEqual([id, true]);
    for (const { port } of matching) {
      expect(port).toMatch(/main\.ts$/);
      await access(join(dirname(port), "main.go"));
    }
  }
});
