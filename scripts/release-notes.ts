// Prints the changes of the version that a tag releases: npm run release-notes -- v1.2.3
//
// Fails unless the tag is that of the version in package.json, and CHANGELOG.md has a section about it.

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { sectionOf } from "./changelog.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const [tag = ""] = process.argv.slice(2);
const { version } = JSON.parse(await readFile(`${root}package.json`, "utf8")) as { version: string };
const notes = sectionOf(await readFile(`${root}CHANGELOG.md`, "utf8"), version);

if (tag !== `v${version}`) fail(`the tag is ${JSON.stringify(tag)}, and the version in package.json is ${version}`);
if (notes === undefined) fail(`CHANGELOG.md has no section "## ${version}"`);
console.log(notes);

function fail(reason: string): never {
  console.error(reason);
  process.exit(1);
}
