// docs/recipes/command-line.md: the program at Ctrl-C. test/docs.test.ts runs it without.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { textsOfPage, writeFiles } from "../../scripts/page-files.ts";
import { samplesOfPages } from "../support/samples.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const page = "docs/recipes/command-line.md";
const sample = (await samplesOfPages()).find(({ location }) => location.startsWith(`${page}:`));
// With more pages, so that the signal always comes first.
const program = sample?.code.replace("length: 100", "length: 10_000") as string;
const [, shown = ""] = await textsOfPage(page);
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(root, "test", "program-"));
  await writeFiles(folder, [["main.ts", program]]);
});

afterAll(() => rm(folder, { recursive: true }));

test("prints what it has, and ends with 130", async () => {
  const env = { ...process.env, NODE_OPTIONS: "" };
  const child = spawn(process.execPath, ["--import", "tsx", join(folder, "main.ts")], { cwd: root, env });
  let stdout = "";
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    // The handler of the signal is installed before the first line is printed.
    if (stdout === "") child.kill("SIGINT");
    stdout += text;
  });
  const [code] = (await once(child, "close")) as [number];
  const withoutNumbers = (text: string): string => text.replace(/\d+ (pages|words)/g, "N $1");
  expect({ code, output: withoutNumbers(stdout + stderr) }).toEqual({ code: 130, output: withoutNumbers(shown) });
});
