import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import { sectionOf, withNewest } from "../../scripts/changelog.ts";
import { version } from "../../src/util/copies.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const read = (file: string): Promise<string> => readFile(root + file, "utf8");

const changelog = `# Changelog

For readers who upgrade.

## 1.10.0

New:

- A call.

## 1.1.0

- Another.

## 1.0.0

First.
`;

test("the section of a version has no heading, and is that of no other version", () => {
  expect(sectionOf(changelog, "1.10.0")).toBe("New:\n\n- A call.");
  expect(sectionOf(changelog, "1.1.0")).toBe("- Another.");
  expect(sectionOf(changelog, "1.0.0")).toBe("First.");
  expect(sectionOf(changelog, "1.1")).toBeUndefined();
});

test("a page with the newest versions says where the others are", () => {
  expect(withNewest(changelog, 3)).toBe(changelog);
  expect(withNewest(changelog, 1)).toBe(
    "# Changelog\n\nFor readers who upgrade.\n\n## 1.10.0\n\nNew:\n\n- A call.\n\nThe repository has the changes of older versions.\n",
  );
});

test("the version is the same in package.json, in the lock file and in the source", async () => {
  const manifest = JSON.parse(await read("package.json")) as { version: string };
  const lock = JSON.parse(await read("package-lock.json")) as {
    version: string;
    packages: Record<string, { version?: string }>;
  };
  expect([lock.version, lock.packages[""]?.version, version]).toEqual([
    manifest.version,
    manifest.version,
    manifest.version,
  ]);
});

test("the version is that of a section of the changelog", async () => {
  expect(sectionOf(await read("CHANGELOG.md"), version)).toMatch(/\S/);
});
