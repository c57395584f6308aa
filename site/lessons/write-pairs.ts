// Writes the line pairs of all lessons, and prints the share of the paired lines:
//
//   npm run pairs
//   npm run pairs -- 01-basic-pool --show      both texts of the named lessons side by side, in their groups
//
// Corrections are entered by hand, in the field "corrections" of a file. The script keeps them.

import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { format } from "prettier";
import { textTable } from "../../scripts/text-table.ts";
import { hashOf, type PairFile, pairFileOf, readPairs, readTexts, type Texts } from "./pair-files.ts";
import { checkPairs, noPairs, pairLines, type Share, shareOf } from "./pair-lines.ts";
import { path } from "./path.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { show: { type: "boolean", default: false } },
});
const lessons = path.filter(({ example }) => positionals.length === 0 || positionals.includes(example));

const rows: (readonly string[])[] = [["lesson", "main.go", "main.ts"]];
const totals: Record<"go" | "port", Share> = { go: { lines: 0, paired: 0 }, port: { lines: 0, paired: 0 } };

function toText({ lines, paired }: Share): string {
  return `${paired} of ${lines}, ${Math.floor((100 * paired) / lines)} %`;
}

/** Prints the groups side by side, and after them the lines without a partner. */
function show({ go, port }: Texts, { groups, alone }: PairFile): void {
  const goLines = go.split("\n");
  const portLines = port.split("\n");
  const text = (line: string | undefined): string => (line ?? "").replaceAll("\t", "  ").slice(0, 75).padEnd(76);
  for (const [a, b] of groups) {
    for (let i = 0; i < Math.max(a.length, b.length); i++) {
      const [left, right] = [a[i], b[i]];
      const sign = i === 0 ? "-" : " ";
      console.log(
        `${String(left ?? "").padStart(3)} ${text(goLines[(left ?? 0) - 1])}${sign} ${String(right ?? "").padStart(3)} ${text(portLines[(right ?? 0) - 1])}`,
      );
    }
  }
  for (const [number, reason] of Object.entries(alone.go)) {
    console.log(`  main.go ${number} ${text(goLines[Number(number) - 1])} ${reason || "NO REASON"}`);
  }
  for (const [number, reason] of Object.entries(alone.port)) {
    console.log(`  main.ts ${number} ${text(portLines[Number(number) - 1])} ${reason || "NO REASON"}`);
  }
}

for (const { example } of lessons) {
  const texts = await readTexts(example);
  const previous = await readPairs(example);
  const corrections = previous?.corrections;
  const pairs = pairLines(texts.go, texts.port, corrections ?? noPairs);
  const file: PairFile = {
    go: hashOf(texts.go),
    port: hashOf(texts.port),
    ...pairs,
    ...(corrections && { corrections }),
  };
  if (corrections && (previous.go !== file.go || previous.port !== file.port)) {
    console.error(`${example}: a text has changed; check the line numbers of the corrections`);
  }
  for (const fault of checkPairs(texts.go, texts.port, file)) console.error(`${example}: ${fault}`);
  const name = pairFileOf(example);
  await mkdir(dirname(name), { recursive: true });
  await writeFile(name, await format(JSON.stringify(file), { parser: "json", printWidth: 120 }));
  if (values.show) show(texts, file);
  const shares = { go: shareOf(texts.go, "go", file), port: shareOf(texts.port, "port", file) };
  rows.push([example, toText(shares.go), toText(shares.port)]);
  for (const language of ["go", "port"] as const) {
    const { lines, paired } = totals[language];
    totals[language] = { lines: lines + shares[language].lines, paired: paired + shares[language].paired };
  }
}

rows.push(["total", toText(totals.go), toText(totals.port)]);
console.log(textTable(rows));
