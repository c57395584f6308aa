// The generated tables of examples/README.md: the path, the pitfalls, and the programs of each pattern and mistake.

import { readFile } from "node:fs/promises";
import type { Example } from "./examples.ts";
import { markdownTable, replaceBlock } from "./markdown.ts";
import { type Entry, mistakes, patterns } from "./patterns.ts";

/** The titles of the sections of the path, by the first example of each section. */
const sections: Readonly<Record<string, string>> = {
  "first/1-one-goroutine": "First lessons",
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
  "45-broadcast": "Broadcast",
  "46-pipeline": "Pipelines",
  "48-circuit-breaker": "Services",
};

/** Returns `page` with its tables regenerated. */
export async function withTables(page: string, all: readonly Example[]): Promise<string> {
  const blocks: Record<string, string> = {
    path: await listPath(all.filter(({ name }) => !name.startsWith("pitfalls/"))),
    pitfalls: await listPitfalls(all.filter(({ name }) => name.endsWith("/broken"))),
    patterns: tableOf("pattern", patterns, all),
    mistakes: tableOf("mistake", mistakes, all),
  };
  return Object.entries(blocks).reduce((text, [name, block]) => replaceBlock(text, name, block), page);
}

/** Returns the entries that have neither a program nor a reason for the absence of one. */
export function uncovered(all: readonly Example[]): string[] {
  const covered = new Set(all.flatMap(({ order }) => order.patterns));
  const entries = Object.entries({ ...patterns, ...mistakes });
  return entries.filter(([id, { instead }]) => !covered.has(id) && instead === undefined).map(([id]) => id);
}

async function listPath(all: readonly Example[]): Promise<string> {
  const lines: string[] = [];
  for (const example of all) {
    const section = sections[example.name];
    if (section !== undefined) lines.push(`${lines.length === 0 ? "" : "\n"}**${section}**\n`);
    lines.push(`- [${example.name.replace("first/", "")}](${example.name}): ${await firstSentence(example)}`);
  }
  return lines.join("\n");
}

async function listPitfalls(all: readonly Example[]): Promise<string> {
  const lines: string[] = [];
  for (const example of all) {
    const folder = example.name.replace(/\/broken$/, "");
    lines.push(`- [${folder.replace("pitfalls/", "")}](${folder}): ${await firstSentence(example)}`);
  }
  return lines.join("\n");
}

async function firstSentence({ port }: Example): Promise<string> {
  const text = await readFile(port, "utf8");
  const [prose = ""] = /^(\/\/ .*\n)+/.exec(text) ?? [];
  const words = prose.replace(/^\/\/ /gm, "").replace(/\n/g, " ");
  return /^.*?[.?](?= |$)/.exec(words)?.[0] ?? words;
}

function tableOf(kind: string, entries: Readonly<Record<string, Entry>>, all: readonly Example[]): string {
  const rows = Object.entries(entries).map(([id, { title, instead }]) => {
    const programs = new Set(
      all
        .filter(({ order }) => order.patterns.includes(id))
        .map(({ name }) => name.replace(/^(pitfalls\/.*)\/(broken|fixed)$/, "$1")),
    );
    const links = [...programs].map((name) => `[${name}](${name})`);
    return [id, title, [...links, ...(instead === undefined ? [] : [instead])].join(", ")];
  });
  return markdownTable([["", kind, "program"], ...rows]);
}
