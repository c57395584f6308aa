// The pages of docs/reference are those of the source, and TypeDoc has nothing to say about its doc comments: every public member has one,
// every link leads somewhere, and every type that a page names has a page.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "@jest/globals";
import { type Reference, referencePages } from "../scripts/reference/pages.ts";

const folder = fileURLToPath(new URL("../docs/reference/", import.meta.url));

let reference: Reference;
beforeAll(async () => {
  reference = await referencePages();
});

test("TypeDoc has no warnings", () => {
  expect(reference.warnings).toEqual([]);
});

test("the committed pages are those of the source: otherwise run `npm run reference`", async () => {
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith(".md"));
  expect(files.sort()).toEqual([...reference.pages.keys()].sort());

  const differing: string[] = [];
  for (const [path, text] of reference.pages) {
    if ((await readFile(join(folder, path), "utf8")) !== text) differing.push(path);
  }
  expect(differing).toEqual([]);
});
