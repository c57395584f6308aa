// docs/recipes/README.md lists each recipe.

import { readdir, readFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";

test("the contents name each page once", async () => {
  const folder = new URL("../../docs/recipes/", import.meta.url);
  const contents = await readFile(new URL("README.md", folder), "utf8");
  const listed = Array.from(contents.matchAll(/\]\(([\w-]+\.md)\)/g), ([, page]) => page);
  const pages = (await readdir(folder)).filter((file) => file.endsWith(".md") && file !== "README.md");
  expect(listed.sort()).toEqual(pages.sort());
});
