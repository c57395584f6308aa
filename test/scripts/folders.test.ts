// The table of the folders: one source for the check of the imports and for ARCHITECTURE.md.

import { readdir, readFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { checkImports, folders, withFolders } from "../../scripts/folders.ts";

test("ARCHITECTURE.md shows the table that is checked (npm run index)", async () => {
  const page = await readFile(new URL("../../ARCHITECTURE.md", import.meta.url), "utf8");
  expect(page).toContain("<!-- folders -->\n");
  expect(page).toBe(withFolders(page));
});

test("the table has every folder of the source, each after the folders that it imports", async () => {
  const entries = await readdir(new URL("../../src/", import.meta.url), { withFileTypes: true });
  const names = Object.keys(folders);
  expect([...names].sort()).toEqual(
    entries
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort(),
  );
  for (const [i, { imports }] of Object.values(folders).entries()) {
    expect(names.slice(0, i)).toEqual(expect.arrayContaining([...imports]));
  }
});

test("the source imports only what the table allows", async () => {
  expect((await checkImports()).mistakes).toEqual([]);
});
