// The check of the language: which words it finds, and in which texts.

import { describe, expect, test } from "@jest/globals";
import { allowances } from "../../scripts/prose/allowances.ts";
import { check, checkProject, deadAllowances } from "../../scripts/prose/check.ts";

const wordsOf = (file: string, text: string): string[] => check(file, text, []).map((finding) => finding.text);

describe("a word of the list is found:", () => {
  test.each([
    ["a person", "Nobody waits, and the caller tells whoever hears it.", ["Nobody", "tells", "whoever", "hears"]],
    ["a synonym of a person", "No one reads what someone or anyone sent.", ["No one", "someone", "anyone"]],
    ["a goroutine as a person", "The goroutine who waits is resumed.", ["who"]],
    ["a sentence without a noun", "It ends. Who waits is served. What is thrown is lost.", ["Who", "What is"]],
    ["a verb of the dialect", "It gives up, takes back the timer and lets go.", ["gives up", "takes back", "lets go"]],
    ["a negative", "A lock is no promise, and there are no readers.", ["is no", "are no"]],
    ["an adverb", "It waits for ever. Else it stops, at last.", ["for ever", "Else", "at last"]],
    ["a price", "A closure is dearer, or costlier.", ["dearer", "costlier"]],
    ["a metaphor", "The gate has a crew without patience.", ["gate", "crew", "patience"]],
    ["a British spelling", "The cancelled job has the colour of its neighbour.", ["cancelled", "colour", "neighbour"]],
  ])("%s", (_, text, words) => {
    expect(wordsOf("page.md", text)).toEqual(words);
    expect(wordsOf("file.ts", `// ${text}`)).toEqual(wordsOf("page.md", text));
    expect(wordsOf("file.ts", `console.log(${JSON.stringify(text)});`)).toEqual(wordsOf("page.md", text));
    expect(wordsOf("file.go", `// ${text}`)).toEqual(wordsOf("page.md", text));
  });
});

test.each([
  "A waiting goroutine is resumed, and the caller receives its value.",
  "The value is no longer in the buffer, and no more than two goroutines wait.",
  "Users who call `stop` twice get the same report.",
  "Who closes the channel? What is a nil channel for?",
  "fatal error: all goroutines are asleep - deadlock!",
  "Nothing else happens until something else does.",
  "A channel whose buffer is full blocks its senders.",
])("plain English is not found: %s", (text) => {
  expect(wordsOf("page.md", text)).toEqual([]);
  expect(wordsOf("file.ts", `/** ${text} */`)).toEqual([]);
});

describe("of a program", () => {
  test("identifiers, module names and types are not read", () => {
    expect(wordsOf("file.ts", 'import { told } from "./nobody.ts";\nconst tells = gate.crew(told);\n')).toEqual([]);
    expect(wordsOf("file.go", "func tells(crew Crew) { nobody := gate() }\n")).toEqual([]);
  });

  test("every comment and every part of a template is read, with its line", () => {
    const text = [
      "/**",
      " * Returns the value that no",
      " * one has read.",
      " */",
      "const message = `told ${",
      "  name // whoever",
      "} nobody`;",
      "const pattern = /somebody/; // tells",
    ].join("\n");
    expect(check("file.ts", text, []).map(({ line, text }) => `${line} ${text}`)).toEqual([
      "2 no one",
      "5 told",
      "6 whoever",
      "7 nobody",
      "8 tells",
    ]);
  });

  test("inline code and paths in a comment are not read", () => {
    expect(wordsOf("file.ts", "// Calls `tells(nobody)`, see docs/gate.md and roster.ts.")).toEqual([]);
  });

  test("an example in a doc block is read as a program", () => {
    const block = ["/**", " * Sends.", " *", " * @example", " * tell(nobody); // hears", " */", "export {};"].join(
      "\n",
    );
    expect(check("file.ts", block, []).map(({ line, text }) => `${line} ${text}`)).toEqual(["5 hears"]);
  });

  test("strings and comments of Go are read, with their lines", () => {
    const text = 'package main\n\n// Nobody\n// tells.\nvar a, b = "told", `for\never`\n';
    expect(check("file.go", text, []).map(({ line, text }) => `${line} ${text}`)).toEqual([
      "3 Nobody",
      "4 tells",
      "5 told",
      "5 for ever",
    ]);
  });
});

describe("of a page", () => {
  test("samples are read as programs, and other blocks as text", () => {
    const text = ["It `tells`.", "```ts", "tell(nobody); // hears", "```", "", "```text", "told", "```"].join("\n");
    expect(check("page.md", text, []).map(({ line, text }) => `${line} ${text}`)).toEqual(["3 hears", "7 told"]);
  });

  test("the targets of links are not read", () => {
    expect(wordsOf("page.md", "[Go](https://example.com/nobody) and [this](gate#told)")).toEqual([]);
  });

  test("a cell of a table and an item of a list begin a sentence", () => {
    expect(wordsOf("page.md", "| a | Who waits |\n\n- Else it stops.\n")).toEqual(["Who", "Else"]);
  });
});

describe("an allowed place", () => {
  const allowed = [{ file: "docs/", text: "told by Go", reason: "a quotation" }];

  test("has no finding that counts, and no other line is allowed by it", () => {
    const findings = check("docs/page.md", "It is told by Go.\n\nIt is told.\n", allowed);
    expect(findings.map(({ line, allowance }) => [line, allowance?.reason])).toEqual([
      [1, "a quotation"],
      [3, undefined],
    ]);
    expect(deadAllowances(allowed, findings)).toEqual([]);
  });

  test("is dead if it allows nothing", () => {
    expect(deadAllowances(allowed, check("docs/page.md", "It is told.\n", allowed))).toEqual(allowed);
  });

  test("of this project allows something, and has a reason", async () => {
    const { findings } = await checkProject(allowances.map(({ file }) => file));
    expect(deadAllowances(allowances, findings)).toEqual([]);
    expect(allowances.filter(({ reason }) => reason === "")).toEqual([]);
  });
});
