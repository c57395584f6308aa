// Copies the version of package.json to the source. `npm version X.Y.Z` runs this before it commits.

import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const file = `${root}src/util/copies.ts`;
const { version } = JSON.parse(await readFile(`${root}package.json`, "utf8")) as { version: string };
const text = await readFile(file, "utf8");
await writeFile(file, text.replace(/(?<=export const version = ")[^"]+/, version));
