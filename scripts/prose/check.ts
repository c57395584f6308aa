// Finds the words of the list in the files of the project.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Allowance, allowances } from "./allowances.ts";
import { proseOf } from "./text.ts";
import { rules } from "./words.ts";

/** A word of the list in a file. */
export interface Finding {
  /** The path from the root. */
  readonly file: string;
  readonly line: number;
  /** The word or phrase as it is written, on one line. */
  readonly text: string;
  readonly instead: string;
  /** The entry that allows it, if there is one. */
  readonly allowance?: Allowance;
}

const root = fileURLToPath(new URL("../../", import.meta.url));
const roots = ["src", "test", "examples", "scripts", "bench", "compat", "site", "docs", ".ci", ".github"];
const pages = ["README.md", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"];
const skippedFolders = new Set(["node_modules", "dist", "build"]);
const checkedFiles = /\.(?:[cm]?[tj]s|go|md|ya?ml)$|^\.ci\/run$/;

/** Checks all files of the project, or those at and below `paths`. */
export async function checkProject(paths: readonly string[] | null): Promise<{ files: number; findings: Finding[] }> {
  const isMeant = (file: string): boolean =>
    paths === null || paths.some((path) => file === path || file.startsWith(`${path.replace(/\/$/, "")}/`));
  const files = [...pages, ...(await Promise.all(roots.map(filesBelow))).flat()].filter(isMeant).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(root, file), "utf8")));
  return { files: files.length, findings: files.flatMap((file, i) => check(file, texts[i] as string)) };
}

/** Returns the words of the list in the text of a file, in their order. */
export function check(file: string, text: string, allowed: readonly Allowance[] = allowances): Finding[] {
  const lines = text.split("\n");
  const findings: Finding[] = [];
  for (const excerpt of proseOf(file, text)) {
    const matches = rules.flatMap(({ pattern, instead }) =>
      [...excerpt.text.matchAll(pattern)].map(({ 0: word, index }) => ({ word, index, instead })),
    );
    for (const { word, index, instead } of matches.sort((a, b) => a.index - b.index)) {
      const line = excerpt.line + excerpt.text.slice(0, index).split("\n").length - 1;
      const context = `${lines[line - 1] ?? ""}\n${lines[line] ?? ""}`;
      const allowance = allowed.find((entry) => isBelow(file, entry.file) && context.includes(entry.text ?? ""));
      const finding = { file, line, text: word.replace(/\s+/g, " ").trim(), instead };
      findings.push(allowance === undefined ? finding : { ...finding, allowance });
    }
  }
  return findings.sort((a, b) => a.line - b.line);
}

/** Returns the entries that allow none of `findings`. */
export function deadAllowances(allowed: readonly Allowance[], findings: readonly Finding[]): Allowance[] {
  const used = new Set(findings.map(({ allowance }) => allowance));
  return allowed.filter((entry) => !used.has(entry));
}

function isBelow(file: string, path: string): boolean {
  return path.endsWith("/") ? file.startsWith(path) : file === path;
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
  const nested = entries.map(async (entry): Promise<string[]> => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return skippedFolders.has(entry.name) ? [] : filesBelow(path);
    return checkedFiles.test(path) ? [path] : [];
  });
  return (await Promise.all(nested)).flat();
}
