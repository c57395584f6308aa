// The tables of docs/coming-from: both programs of each row have the same result, and the pages show these programs.

import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { bubble, ignoreLeaks } from "goro/testing";
import ts from "typescript";
import { cellsOf, comingFromPages, goCells, goProgram, type Page, withCalls } from "../../scripts/coming-from.ts";
import { run } from "../../scripts/run.ts";
import { calls as goCalls } from "./go.ts";
import { type Observation, observe } from "./observe.ts";
import type { Row, Table } from "./table.ts";

type AnyRow = Row<unknown, unknown>;
type AnyTable = Table<unknown, unknown>;

const root = fileURLToPath(new URL("../../", import.meta.url));
const pages = await comingFromPages();

test.each(pages)("the table of $name.md is current; otherwise run npm run index", async (page) => {
  const text = await readFile(page.file, "utf8");
  expect(text).toBe(await withCalls(page));
  expect(text).toContain("<!-- calls -->\n\n| ");
});

test("the contents list each page", async () => {
  const contents = await readFile(new URL("../../docs/coming-from/README.md", import.meta.url), "utf8");
  for (const { name } of pages) expect(contents).toContain(`(${name}.md)`);
});

for (const page of pages.filter(({ name }) => name !== "go")) {
  const isMissing = page.isOfBench && !existsSync(`${root}/bench/node_modules/${page.name}`);
  const title = isMissing ? `on ${page.name}, skipped because the packages of bench/ are not installed` : page.name;
  (isMissing ? describe.skip : describe)(title, () => testRows(page, !isMissing));
}

function testRows(page: Page, isInstalled: boolean): void {
  const load = async (): Promise<{ calls: AnyTable; differences: AnyTable }> =>
    (await import(page.rows)) as { calls: AnyTable; differences: AnyTable };

  test("both programs of each row have the same result and the same steps", async () => {
    ignoreLeaks();
    const { calls } = await load();
    const differing: Record<string, unknown> = {};
    for (const [title, row] of Object.entries(calls.rows)) {
      const theirs = await observe(() => row.theirs(calls.prepare.theirs()));
      const ours = await observe(() => row.ours(calls.prepare.ours()));
      const isSame = isEqual(comparable(theirs, row.sameSteps), comparable(ours, row.sameSteps));
      if (!isSame || ours.end !== "value") differing[title] = { theirs, ours };
    }
    expect(differing).toEqual({});
  });

  test("the programs of a difference have the results that the page describes", async () => {
    ignoreLeaks();
    const { differences } = await load();
    const text = await readFile(page.file, "utf8");
    for (const [title, row] of Object.entries(differences.rows)) {
      const theirs = await observe(() => row.theirs(differences.prepare.theirs()));
      const ours = await observe(() => row.ours(differences.prepare.ours()));
      expect([title, { theirs: resultOf(theirs), ours: resultOf(ours) }]).toEqual([title, row.results]);
      expect(text).toContain(`**${title}.**`);
    }
  });

  // The others are checked with the rest of the project.
  if (page.isOfBench && isInstalled) {
    test("the programs compile", () => {
      expect(compile(page.rows)).toEqual([]);
    });

    test("the program of the page has its output", async () => {
      const text = await readFile(page.file, "utf8");
      const program = new RegExp(`\`\`\`ts ${page.name}\n([^]*?)\`\`\`\n\n\`\`\`text\n([^]*?)\`\`\``);
      const [, code = "", output] = program.exec(text) ?? [];
      const folder = await mkdtemp(join(root, "bench", "coming-from", "program-"));
      try {
        await writeFile(join(folder, "main.ts"), code);
        const main = join(folder, "main.ts");
        const ended = await run(process.execPath, ["--import", "tsx", main], { NODE_OPTIONS: "" });
        expect(ended).toMatchObject({ code: 0, stdout: output, stderr: "" });
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  }
}

describe("Go", () => {
  test("each row has the result of the Go program", async () => {
    const recorded = await readFile(new URL("go/output.txt", import.meta.url), "utf8");
    let output = "";
    for (const [title, { ours }] of Object.entries(goCalls.rows)) output += `${title}: ${await bubble(ours)}\n`;
    expect(output).toBe(recorded);
  });

  test("the rows are those of the Go program", async () => {
    const twin = goCells(await readFile(goProgram, "utf8"));
    expect([...twin.keys()]).toEqual(Object.keys(goCalls.rows));
  });
});

test("a cell shows the second of three paragraphs of a function, and otherwise the first", () => {
  const source = `export const calls: Table<X, Y> = { prepare, rows: {
  "a call": { theirs: (queue) => queue.add(f), ours: () => run(function* () {
    const x = 1;

    if (x) {
      f();
    }

    return x;
  }) },
  other: { theirs: () => { return a; }, ours: () => {
    const x = f(1);

    return x;
  } },
} };
export const differences: Table<X, Y> = { prepare, rows: { third: { theirs: () => 1, ours: () => 2 } } };`;
  expect(Object.fromEntries(cellsOf(source))).toEqual({
    "a call": { theirs: "queue.add(f)", ours: "if (x) {\n  f();\n}" },
    other: { theirs: "a", ours: "const x = f(1);" },
  });
});

function comparable({ end, result, steps }: Observation, sameSteps: AnyRow["sameSteps"]): unknown {
  if (sameSteps === "none") return { end, result };
  const withoutTimes = steps.map((step) => step.replace(/^\d+ ms: /, ""));
  return { end, result, steps: sameSteps === "in any order" ? withoutTimes.sort() : steps };
}

function resultOf({ end, result }: Observation): unknown {
  return end === "none" ? "pending" : result;
}

function isEqual(a: unknown, b: unknown): boolean {
  try {
    expect(a).toEqual(b);
    return true;
  } catch {
    return false;
  }
}

function compile(file: string): string[] {
  const { config } = ts.readConfigFile(`${root}/tsconfig.json`, (path) => ts.sys.readFile(path)) as { config: object };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  return ts
    .getPreEmitDiagnostics(ts.createProgram([file], options))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}
