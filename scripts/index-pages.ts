// Writes the generated parts of the pages: the tables of examples/README.md and of docs/coming-from, the folders of the source in
// ARCHITECTURE.md, and docs/compatibility.md, which is generated as a whole.
//
//   npm run index

import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { comingFromPages, withCalls } from "./coming-from.ts";
import { examples } from "./examples.ts";
import { withFolders } from "./folders.ts";
import { withTables } from "./index-tables.ts";
import { compatibilityPage } from "./matrix/page.ts";
import { readResults, resultsFile } from "./matrix/results.ts";

const all = await examples();
await rewrite("../examples/README.md", (page) => withTables(page, all));
await rewrite("../ARCHITECTURE.md", withFolders);
for (const page of await comingFromPages()) await writeFile(page.file, await withCalls(page));
const results = await readResults(resultsFile);
await rewrite("../docs/compatibility.md", () => compatibilityPage(results));

async function rewrite(path: string, update: (page: string) => string | Promise<string>): Promise<void> {
  const file = fileURLToPath(new URL(path, import.meta.url));
  await writeFile(file, await update(await readFile(file, "utf8")));
}
