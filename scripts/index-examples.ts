// Writes the lists of examples/README.md: the path, the pitfalls, and the programs of each pattern and mistake.
//
//   npm run index

import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { examples } from "./examples.ts";
import { withLists } from "./lists.ts";

const page = fileURLToPath(new URL("../examples/README.md", import.meta.url));

await writeFile(page, await withLists(await readFile(page, "utf8"), await examples()));
