// Draws the charts of the documentation anew from the samples that are kept: `npm run speed`.

import { readFileSync, writeFileSync } from "node:fs";
import { pages } from "./report/pages.ts";
import { rows } from "./rows/all.ts";

// The folder of the project, from the built file.
const root = new URL("../../", import.meta.url);

for (const [file, text] of pages(rows, (name) => readFileSync(new URL(name, root), "utf8"))) {
  writeFileSync(new URL(file, root), text);
  console.log(file);
}
