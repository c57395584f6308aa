// Measures the size of each export of the built package, and compares it with its budget in budgets.json.
//
//   npm run size              prints the sizes
//   npm run size -- --write   makes them the budgets, and writes the table of docs/speed.md

import { execFileSync } from "node:child_process";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compareSizes, measureSizes, type Sizes, withSizes } from "./sizes.ts";
import { textTable } from "./text-table.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const budgetsFile = join(root, "budgets.json");
const page = join(root, "docs", "speed.md");

const folder = await mkdtemp(join(tmpdir(), "goro-"));
try {
  const home = join(folder, "node_modules", "goro");
  const build = ["--import", "tsx", join(root, "scripts", "build.ts"), join(home, "dist")];
  execFileSync(process.execPath, build, { cwd: root, stdio: "inherit" });
  await copyFile(join(root, "package.json"), join(home, "package.json"));
  const sizes = await measureSizes(folder);
  const budgets = JSON.parse(await readFile(budgetsFile, "utf8")) as Sizes;
  const rows = Object.entries(sizes).map(([name, size]) => [name, String(size), String(budgets[name] ?? "")]);
  console.log(textTable([["export", "bytes", "budget"], ...rows]));
  if (process.argv.includes("--write")) {
    await writeFile(budgetsFile, `${JSON.stringify(sizes, null, 2)}\n`);
    await writeFile(page, withSizes(await readFile(page, "utf8"), sizes));
  } else {
    const problems = compareSizes(sizes, budgets);
    for (const problem of problems) console.error(problem);
    process.exitCode = problems.length === 0 ? 0 : 1;
  }
} finally {
  await rm(folder, { recursive: true });
}
