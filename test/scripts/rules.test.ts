// The page of Go's rules is generated from the tests.

import { readFile } from "node:fs/promises";
import { describe, expect, test } from "@jest/globals";
import { goNames, marks, rulesPage, sections, testFiles } from "../../scripts/rules.ts";

describe("the page", () => {
  test("is current (npm run rules)", async () => {
    const page = await readFile(new URL("../../docs/conformance.md", import.meta.url), "utf8");
    expect(page).toBe(rulesPage(sections, await testFiles()));
  });

  test("has all 174 rules, in order, one row each", async () => {
    const page = rulesPage(sections, await testFiles());
    const rows = [...page.matchAll(/^\| R(\d+) +\|/gm)].map(([, number]) => Number(number));
    expect(rows).toEqual(Array.from({ length: 174 }, (_, i) => i + 1));
    expect(page).not.toMatch(/ R\d+ {2,}\| +\||undefined +\|/);
  });

  test("counts the comments of each file that name a rule", () => {
    const text = ["// R1", "test();", "// R1, R2", "test();"].join("\n");
    const page = rulesPage([{ title: "A", rules: { R1: "One.", R2: "Two." } }], [{ path: "a/b.test.ts", text }]);
    expect(page).toMatch(/^\| R1 +\| One\. +\| \[a\/b\]\(\.\.\/test\/a\/b\.test\.ts\) \(2\) +\|$/m);
    expect(page).toMatch(/^\| R2 +\| Two\. +\| \[a\/b\]\(\.\.\/test\/a\/b\.test\.ts\) +\|$/m);
  });

  test("needs a test or a reason for each rule", () => {
    expect(() => rulesPage([{ title: "A", rules: { R1: "One." } }], [])).toThrow("no test covers R1");
    const rules = { R1: { rule: "One.", instead: "Without pointers." } };
    expect(rulesPage([{ title: "A", rules }], [])).toMatch(/^\| R1 +\| One\. +\| Without pointers\. +\|$/m);
  });

  test("rejects a test that names an unknown rule", () => {
    const files = [{ path: "a.test.ts", text: "// R1, R175\n" }];
    expect(() => rulesPage([{ title: "A", rules: { R1: "One." } }], files)).toThrow("unknown rule R175 in a.");
  });
});

describe("the collector", () => {
  test.each<[string, string, number[][]]>([
    ["one rule", "// R15", [[15]]],
    ["several rules", "  // R15, R28", [[15, 28]]],
    ["ranges", "// R1, R17 to R19, R86-R87", [[1, 17, 18, 19, 86, 87]]],
    ["rules among other marks", "// T-C01; R11, P14, B12 to B16, R14", [[11, 14]]],
    ["rules before text", "// R135. In a bubble.\n// R32: closechan\n// R169, and R1 more", [[135], [32], [169]]],
    ["comments apart", "// R1\nf();\n// R1", [[1], [1]]],
    ["no rule in other comments", "// As R15 has it\nf(R1); // R2\n// P14\n// Rest", []],
  ])("finds %s", (_, text, found) => {
    expect(marks(text)).toEqual(found);
  });

  test.each<[string, string, string[]]>([
    ["a title", 'test("TestA: it works", f)', ["TestA"]],
    ["a title behind a table", 'test.each(seeds)(\n"chan/a.go B: it works (seed %i)", f)', ["chan/a.go B"]],
    ["a title without a colon", 'describe("chan/a.go (seed %i)", f)', ["chan/a.go"]],
    ["a table of titles", 'test.concurrent.each([["TestA", 1], ["TestB: it", 2]])("%s: works", f)', ["TestA", "TestB"]],
    ["a name once", 'test("TestA: one", f); test("TestA: other", f)', ["TestA"]],
    ["no name in a sentence", 'test("it works: always", f); throw new Error("TestA")', []],
  ])("finds the names in Go of %s", (_, text, names) => {
    expect(goNames(text)).toEqual(names);
  });
});
