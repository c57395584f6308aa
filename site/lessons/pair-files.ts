// The files with the line pairs of the lessons, one for each example of the path.

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { LinePairs } from "./pair-lines.ts";

/** The contents of a file with line pairs. */
export interface PairFile extends LinePairs {
  /** The SHA-256 of main.go, in hexadecimal digits. */
  readonly go: string;
  /** The SHA-256 of main.ts. */
  readonly port: string;
  /** Pairs, and lines that are alone, which were entered by hand. They are kept when the script writes the file again. */
  readonly corrections?: LinePairs;
}

/** The texts of an example. */
export interface Texts {
  readonly go: string;
  readonly port: string;
}

const root: string = fileURLToPath(new URL("../../", import.meta.url));

/** Returns the path of the file with the pairs of an example. */
export function pairFileOf(example: string): string {
  return join(root, "site", "lessons", "pairs", `${example.replaceAll("/", "--")}.json`);
}

/** Reads both programs of an example. */
export async function readTexts(example: string): Promise<Texts> {
  const read = (name: string): Promise<string> => readFile(join(root, "examples", example, name), "utf8");
  return { go: await read("main.go"), port: await read("main.ts") };
}

/** Reads the line pairs of an example; undefined if the file does not exist. */
export async function readPairs(example: string): Promise<PairFile | undefined> {
  const text = await readFile(pairFileOf(example), "utf8").catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as PairFile);
}

/** Returns the hash of a text. */
export function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
