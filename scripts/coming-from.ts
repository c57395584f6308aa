// The tables of docs/coming-from, made from the programs of test/coming-from, and for Go from the functions of its program.

import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { markdownTable, replaceBlock } from "./markdown.ts";
import { run } from "./run.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

/** A page, and the file with the programs of its table. */
export interface Page {
  /** The name of the page without its extension: "p-limit". */
  readonly name: string;
  readonly file: string;
  readonly rows: string;
  /** Whether the other library is a dependency of the benchmarks, and not of the project: effect is large, and p-queue requires Node 22. */
  readonly isOfBench: boolean;
}

const ofBench: readonly string[] = ["effect", "p-queue"];

/** The heads of the columns of the other side, where it is not the name of the page. */
const heads: Readonly<Record<string, string>> = { go: "Go", rxjs: "RxJS" };

/** Returns the pages that have a table. */
export async function comingFromPages(): Promise<Page[]> {
  const files = (await readdir(join(root, "docs", "coming-from"))).filter((file) => file !== "README.md").sort();
  return files.map((file) => {
    const name = file.replace(/\.md$/, "");
    const isOfBench = ofBench.includes(name);
    return {
      name,
      file: join(root, "docs", "coming-from", file),
      rows: join(root, isOfBench ? "bench" : "test", "coming-from", `${name}.ts`),
      isOfBench,
    };
  });
}

/** Returns the text of `page` with its table regenerated. */
export async function withCalls(page: Page): Promise<string> {
  const rows = [...cellsOf(await readFile(page.rows, "utf8"))];
  const go = page.name === "go" ? goCells(await readFile(goProgram, "utf8")) : undefined;
  const body = rows.map(([title, { theirs, ours }]) => [
    title,
    toCell(theirs ?? go?.get(title) ?? throwMissing(page, title)),
    toCell(ours ?? throwMissing(page, title)),
  ]);
  const table = markdownTable([["", heads[page.name] ?? page.name, "goro"], ...body]);
  return replaceBlock(await readFile(page.file, "utf8"), "calls", table);
}

/** The Go side of the table for Go, and its recorded output. */
export const goProgram: string = join(root, "test", "coming-from", "go", "main.go");
export const goOutput: string = join(root, "test", "coming-from", "go", "output.txt");

/** Runs the Go side of the table for Go with real Go, and returns its output. */
export async function runGoProgram(): Promise<string> {
  const { code, stdout, stderr } = await run("go", ["run", "."], {}, dirname(goProgram));
  if (code !== 0) throw new Error(`test/coming-from/go: the program has failed:\n${stderr}`);
  return stdout;
}

/** The functions of the tests that run what they get and observe it. */
const observers: readonly string[] = ["run", "end", "loop", "collect", "runStream"];

/** Returns the code that the table shows of each row of `calls`, by the titles of the rows. */
export function cellsOf(source: string): Map<string, { theirs?: string; ours?: string }> {
  const file = ts.createSourceFile("rows.ts", source, ts.ScriptTarget.Latest, true);
  const declarations = file.statements
    .filter(ts.isVariableStatement)
    .flatMap((statement) => [...statement.declarationList.declarations]);
  const calls = declarations.find(({ name }) => name.getText() === "calls")?.initializer;
  const rows = new Map(propertiesOf(calls)).get("rows");
  const toExported = exportedNames(source);
  return new Map(
    propertiesOf(rows).map(([title, row]) => {
      const sides = propertiesOf(row).filter(([side]) => side === "theirs" || side === "ours");
      return [title, Object.fromEntries(sides.map(([side, program]) => [side, toExported(shownCode(program))]))];
    }),
  );
}

function propertiesOf(node: ts.Node | undefined): (readonly [string, ts.Expression])[] {
  if (node === undefined || !ts.isObjectLiteralExpression(node)) return [];
  return node.properties
    .filter(ts.isPropertyAssignment)
    .map(({ name, initializer }) => [ts.isIdentifier(name) || ts.isStringLiteral(name) ? name.text : "", initializer]);
}

/** Returns the code of the functions `func name() string` of a Go program, by the titles in the comments above them. */
export function goCells(source: string): Map<string, string> {
  const cells = new Map<string, string>();
  for (const [, title = "", body = ""] of source.matchAll(
    /^\/\/ row: (.*)\nfunc \w+\(\) (?:string|\(text string\)) \{\n([^]*?)\n\}$/gm,
  )) {
    cells.set(title, shownParagraph(body));
  }
  return cells;
}

function shownCode(program: ts.Expression): string {
  if (!ts.isArrowFunction(program) && !ts.isFunctionExpression(program)) return dedent(program.getText(), "last");
  const { body } = program;
  if (ts.isBlock(body)) return shownParagraph(body.getText().slice(1, -1));
  // What a function of the tests observes is the call of the row.
  const isObserved = ts.isCallExpression(body) && observers.includes(body.expression.getText());
  return shownCode(isObserved ? (body.arguments[0] as ts.Expression) : body);
}

function shownParagraph(body: string): string {
  const paragraphs = body.replace(/^\n+|\s+$/g, "").split(/\n\s*\n/);
  if (paragraphs.length > 3) throw new Error(`a row has more than three paragraphs:\n${body}`);
  const shown = dedent(paragraphs[paragraphs.length === 3 ? 1 : 0] ?? "", "first");
  // A single statement that returns is the call of the row.
  const [, result] = /^return ([^;]*);?$/.exec(shown) ?? [];
  return result ?? shown;
}

/** Removes the indentation of the first or the last line from each line. */
function dedent(code: string, reference: "first" | "last"): string {
  const lines = code.split("\n");
  const indent = /^\s*/.exec(lines.at(reference === "first" ? 0 : -1) ?? "")?.[0] ?? "";
  return lines.map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line)).join("\n");
}

/** Returns a function that replaces the names that a file of rows gives to imports by those that the packages export. */
function exportedNames(source: string): (code: string) => string {
  const aliases = [...source.matchAll(/\b(\w+) as (Their\w+)\b/g)].map(([, name = "", alias = ""]) => [alias, name]);
  return (code) =>
    aliases.reduce((text, [alias = "", name = ""]) => text.replaceAll(alias, name), code).replace(/\brx\./g, "");
}

// A cell has one line: the lines of its code are parts of it.
function toCell(code: string): string {
  return code
    .split("\n")
    .map((line) => {
      const text = line.replace(/;$/, "").replaceAll("\t", "  ").replaceAll("|", "\\|");
      if (!text.includes("`")) return `\`${text}\``;
      const padding = /^`|`$/.test(text) ? " " : "";
      return `\`\`${padding}${text}${padding}\`\``;
    })
    .join("<br>");
}

function throwMissing({ name }: Page, title: string): never {
  throw new Error(`${name}: the row ${JSON.stringify(title)} has only one side`);
}
