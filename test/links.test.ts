// The links of all Markdown pages, in the repository and in the published package.

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { expect, test } from "@jest/globals";
import { maxPages, packageFiles, packageManifest } from "../scripts/package.ts";
import { deadLinks } from "../scripts/pages.ts";
import { projectFiles } from "./support/project-files.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const published = await packageFiles();

test("no link of a page of the repository is dead", async () => {
  const paths = await projectFiles(/\.md$/);
  const pages = await Promise.all(paths.map(async (path) => [path, await readFile(join(root, path), "utf8")] as const));
  expect(pages.length).toBeGreaterThan(15);
  const exists = (path: string): boolean => !path.startsWith("..") && existsSync(join(root, path));
  expect(deadLinks(new Map(pages), exists)).toEqual([]);
});

test("no link of a published page is dead", async () => {
  expect(deadLinks(published, () => false)).toEqual([]);
  expect([...published.keys()]).toEqual(expect.arrayContaining(["README.md", "CHANGELOG.md", "LICENSE", "NOTICE"]));
});

test("each page that a message of the library names is published", async () => {
  const sources = await projectFiles(/\.ts$/, "src");
  const texts = await Promise.all(sources.map((path) => readFile(join(root, path), "utf8")));
  const named = new Set(texts.flatMap((text) => text.match(/\bdocs\/[\w/-]+\.md\b/g) ?? []));
  expect([...named].filter((path) => !published.has(path))).toEqual([]);
  expect(named).toContain("docs/copies.md");
});

test("the published pages have at most 50 kB after compression", async () => {
  const pages = [...published].filter(([path]) => path.endsWith(".md"));
  expect(gzipSync(pages.map(([, text]) => text).join(""), { level: 9 }).length).toBeLessThanOrEqual(maxPages);
});

test("the published package.json has what users need, and nothing for the repository", async () => {
  const fields = JSON.parse(await packageManifest()) as Record<string, unknown>;
  const { private: isPrivate, ...manifest } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as Record<
    string,
    unknown
  >;
  expect(isPrivate).toBe(true);
  expect(manifest).toMatchObject(fields);
  const removed = Object.keys(manifest).filter((name) => !(name in fields));
  expect(removed.sort()).toEqual(["devDependencies", "files", "overrides", "scripts"]);
});
