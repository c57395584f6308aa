// The generated lists of examples/README.md. A list is between `<!-- name -->` and `<!-- end -->`.

import { readFile } from "node:fs/promises";
import type { Example } from "./examples.ts";
import { type Entry, mistakes, patterns } from "./patterns.ts";

/** The sections of the path, by the first example of each. */
const sections: Readonly<Record<string, string>> = {
  "01-basic-pool": "Basics",
  "11-results-with-errors": "Results and errors",
  "17-closing-order": "Shutdown",
  "24-cancellation": "Cancellation",
  "28-deadline": "Timeouts",
  "30-back-pressure": "Back-pressure",
  "32-priority": "Priority, rate, size",
  "35-metrics": "Metrics and logs",
  "37-executor": "Executor style",
  "39-url-fetcher": "Real work",
  "43-testing-a-pool": "Testing",
  "44-ready-made-pool": "Ready-made",
};

/** Returns `page` with its lists regenerated. */
export async function withLists(page: string, all: readonly Example[]): Promise<string> {
  const lists: Record<string, string> = {
    path: await thePath(all.filter(({ name }) => !name.includes("/"))),
    pitfalls: await thePitfalls(all.filter(({ name }) => name.endsWith("/broken"))),
    patterns: table("pattern", patterns, all),
    mistakes: table("mistake", mistakes, all),
  };
  return Object.entries(lists).reduce(
    (text, [name, list]) =>
      text.replace(new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- end -->)`), (_, begin: string, end: string) =>
        [begin, list, end].join("\n"),
      ),
    page,
  );
}

/** Returns the entries that have neither a program nor a reason for the absence of one. */
export function uncovered(all: readonly Example[]): string[] {
  const covered = new Set(all.flatMap(({ order }) => order.patterns));
  const entries = Object.entries({ ...patterns, ...mistakes });
  return entries.filter(([id, { instead }]) => !covered.has(id) && instead === undefined).map(([id]) => id);
}

async function thePath(all: readonly Example[]): Promise<string> {
  const lines: string[] = [];
  for (const example of all) {
    const section = sections[example.name];
    if (section !== undefined) lines.push(`${lines.length === 0 ? "" : "\n"}**${section}**\n`);
    lines.push(`- [${example.name}](${example.name}): ${await firstSentence(example)}`);
  }
  return `${lines.join("\n")}\n`;
}

async function thePitfalls(all: readonly Example[]): Promise<string> {
  const lines: string[] = [];
  for (const example of all) {
    const folder = example.name.replace(/\/broken$/, "");
    lines.push(`- [${folder.replace("pitfalls/", "")}](${folder}): ${await firstSentence(example)}`);
  }
  return `${lines.join("\n")}\n`;
}

async function firstSentence({ port }: Example): Promise<string> {
  const text = await readFile(port, "utf8");
  const [prose = ""] = /^(\/\/ .*\n)+/.exec(text) ?? [];
  const words = prose.replace(/^\/\/ /gm, "").replace(/\n/g, " ");
  return /^.*?[.?](?= |$)/.exec(words)?.[0] ?? words;
}

function table(kind: string, entries: Readonly<Record<string, Entry>>, all: readonly Example[]): string {
  const rows = Object.entries(entries).map(([id, { title, instead }]) => {
    const programs = new Set(
      all
        .filter(({ order }) => order.patterns.includes(id))
        .map(({ name }) => name.replace(/^(pitfalls\/.*)\/(broken|fixed)$/, "$1")),
    );
    const links = [...programs].map((name) => `[${name}](${name})`);
    return [id, title, [...links, ...(instead === undefined ? [] : [instead])].join(", ")];
  });
  return `${markdown([["", kind, "program"], ...rows])}\n`;
}

// Formats the table as Prettier does: each column is as wide as its widest cell.
function markdown(rows: readonly (readonly string[])[]): string {
  const widths = [0, 1, 2].map((column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  const [head = [], ...body] = rows;
  return [line(head), rule, ...body.map(line)].join("\n");
}
