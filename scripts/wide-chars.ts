// Makes src/trace/wide-chars.ts, a table of the characters that take two columns: `npm run wide`. A test checks that it is current.

import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { eastAsianWidth } from "get-east-asian-width";

const file: string = fileURLToPath(new URL("../src/trace/wide-chars.ts", import.meta.url));

/** Returns the text of the module. */
export function wideCharsModule(): string {
  const edges: number[] = [];
  for (let code = 0; code <= 0x110000; code++) {
    const isWide = code <= 0x10ffff && eastAsianWidth(code) === 2;
    if (isWide !== (edges.length % 2 === 1)) edges.push(code);
  }
  const distances = edges.map((edge, i) => (edge - (edges[i - 1] ?? 0)).toString(36));
  return `// Made by \`npm run wide\`: the characters that are wide by get-east-asian-width, whose tables are six times as large.

/** The first characters of the wide ranges and of the ranges between them, in turn: the distance of each from the one before. */
const distances =
  "${distances.join(" ")}";

let last = 0;
const edges = distances.split(" ").map((distance) => (last += Number.parseInt(distance, 36)));

/** Whether the character takes two columns by Unicode's property East_Asian_Width. */
export function isWide(codePoint: number): boolean {
  return edges.findIndex((edge) => edge > codePoint) % 2 === 1;
}
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(file, wideCharsModule());
