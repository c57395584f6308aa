// Every public name is in the manual: a page shows it in code. The reference is generated, and does not count.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import { publicNames } from "./support/public-names.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

/** Pages about the project and not about its use. */
const notManual = ["conformance.md", "performance-log.md", "proof.md", "speed.md"];

async function manual(): Promise<string[]> {
  const files = await readdir(join(root, "docs"), { recursive: true });
  const pages = files.filter(
    (file) => file.endsWith(".md") && !file.startsWith("reference") && !notManual.includes(file),
  );
  return Promise.all(
    ["README.md", ...pages.map((page) => join("docs", page))].map((page) => readFile(join(root, page), "utf8")),
  );
}

/** Returns the blocks of code of a page, and the code in its text. */
function codeOf(page: string): string[] {
  return page.match(/```[\s\S]*?```|`[^`\n]+`/g) ?? [];
}

test("a page of the manual shows each public name", async () => {
  const code = (await manual()).flatMap(codeOf).join("\n");
  const exported = publicNames().names.filter(({ name, isMember }) => !isMember && !name.startsWith("new "));
  expect(exported.length).toBeGreaterThan(200);

  const missing = exported.filter(
    ({ name }) => !new RegExp(`(?<![\\w.])${name.replace(".", "\\.")}(?!\\w)`).test(code),
  );
  expect(missing.map(({ module, name }) => `${module} ${name}`)).toEqual([]);
});
