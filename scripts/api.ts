// Compares the public API with its listing in api.txt, or writes the listing.
//
//   npm run api               the API of the source
//   npm run api -- FOLDER     the API of the built package in a folder
//   npm run api -- --write    writes the listing

import { readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { compileDeclarations, entriesOf, listApi } from "./public-api.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const listing = join(root, "api.txt");
const write = process.argv.includes("--write");
const [folder] = process.argv.slice(2).filter((arg) => arg !== "--write");

// Without a folder, the declarations are those that the build would write.
const home = folder === undefined ? root : resolve(folder);
const manifest = await readFile(join(home, "package.json"), "utf8");
const texts = folder === undefined ? compileDeclarations(join(root, "dist")) : undefined;
const api = await listApi(entriesOf(manifest, home), texts);

if (write) {
  await writeFile(listing, api);
} else {
  const expected = (await readFile(listing, "utf8")).split("\n");
  const actual = api.split("\n");
  const missing = expected.filter((line) => !actual.includes(line));
  const added = actual.filter((line) => !expected.includes(line));
  for (const line of missing) console.error(`- ${line}`);
  for (const line of added) console.error(`+ ${line}`);
  const isCurrent = api === expected.join("\n");
  console.log(isCurrent ? "The public API is as api.txt says." : "The public API differs: npm run api -- --write");
  process.exitCode = isCurrent ? 0 : 1;
}
