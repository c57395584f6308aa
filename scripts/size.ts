// The size of the library in the bundle of a program, by export.
//
//   npm run size              prints the table of docs/speed.md, measured now, beside the budgets
//   npm run size -- --write   makes the sizes of now the budgets, and writes the table
//
// A test compares the sizes with the budgets: see test/package.test.ts.

import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { replaceBlock } from "./markdown.ts";
import { budgetsFile, measureSizes, readBudgets, sizePage, sizeTable, type Sizes } from "./sizes.ts";
import { textTable } from "./text-table.ts";
import { run } from "./run.ts";
