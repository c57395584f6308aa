// Writes the API reference, docs/reference, from the source.
//
//   npm run reference

import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { referencePages } from "./reference/pages.ts";

const folder = fileURLToPath(new URL("../docs/reference/", import.meta.url));
const { pages, warnings } = await referencePages();
await rm(folder, { recursive: true, force: true });
for (const [path, text] of pages) {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}
for (const warning of warnings) console.error(warning);
console.log(`${pages.size} pages, ${warnings.length} warnings`);
process.exitCode = warnings.length === 0 ? 0 : 1;
