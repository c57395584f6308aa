// The suites of test/suites.js and the scripts that run them.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import { run } from "../../scripts/run.ts";
import { faults, leftOut, memory, slow } from "../suites.js";
import { projectFiles } from "../support/project-files.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const { scripts } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};

/** Returns the files that the npm script with the jest arguments `args` runs. */
async function filesOf(script: string): Promise<string[]> {
  const args = (scripts[script] as string).replace(/^npm test --/, scripts["test"] as string).split(" ");
  const { stdout } = await run(process.execPath, [...args.slice(1), "--listTests", "--json"], { NODE_OPTIONS: "" });
  return (JSON.parse(stdout) as string[]).map((file) => file.slice(root.length).replaceAll("\\", "/")).sort();
}

async function allFiles(): Promise<string[]> {
  const lists = ["test", "examples"].map((folder) => projectFiles(/\.test\.ts$/, folder));
  return (await Promise.all(lists)).flat().sort();
}

test("each test file is in one suite of npm run check", async () => {
  const suites = ["coverage", "memory", "test:faults"];
  for (const suite of suites) expect(scripts["check"]).toContain(`npm run ${suite} `);
  const files = (await Promise.all(suites.map(filesOf))).flat().sort();
  expect(files).toEqual(await allFiles());
});

test("npm test runs all files but those that are listed", async () => {
  const all = await allFiles();
  const listed = [...slow, ...memory, ...faults];
  expect(listed.filter((file) => !all.includes(file))).toEqual([]);
  expect(await filesOf("test")).toEqual(all.filter((file) => !listed.includes(file)));
});

test("a pattern on the command line chooses among all files", () => {
  expect(leftOut(["test/docs", "-t", "--coverage"])).toEqual([...slow, ...memory, ...faults].slice(1));
  expect(leftOut(["memory.test"])).toEqual([...slow, ...faults]);
  expect(leftOut([join(root, "test/bullmq/faults.test.ts")])).toEqual([...slow, ...memory]);
});
