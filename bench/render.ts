// Generates the charts and numbers of the documentation from the recorded samples: `npm run speed`.

import { readFileSync, writeFileSync } from "node:fs";
import { pages } from "./report/pages.ts";
import { rows } from "./rows/all.ts";

// The folder of the project, relative to the built file.
const root = new URL("../../", import.meta.url);

for (const [file, text] of pages(rows, (name) => readFileSync(new URL(name, root), "utf8"))) {
  writeFileSync(new URL(file, root), text);
  console.log(file);
}
