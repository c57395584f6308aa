// The files for the code host, and the commands that they and the pages name.

import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { parse } from "yaml";

const root = fileURLToPath(new URL("../", import.meta.url));
const read = (path: string): Promise<string> => readFile(join(root, path), "utf8");

interface Step {
  readonly uses?: string;
  readonly run?: string;
}

interface Job {
  readonly uses?: string;
  readonly "timeout-minutes"?: number;
  readonly steps?: readonly Step[];
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const folder = ".github/workflows";
const files = await readdir(join(root, folder));
const workflows = await Promise.all(
  files.map(async (file) => [file, parse(await read(`${folder}/${file}`)) as Workflow] as const),
);

describe.each(workflows)("the workflow %s", (_, { on, permissions, jobs }) => {
  test("starts by itself, with no more rights than to read", () => {
    expect(Object.keys(on).length).toBeGreaterThan(0);
    expect(permissions).toEqual({ contents: "read" });
  });

  test("has jobs with a limit of time, whose actions have a version", () => {
    for (const { uses, steps = [], ...job } of Object.values(jobs)) {
      if (uses !== undefined) {
        expect(existsSync(join(root, uses))).toBe(true);
        continue;
      }
      expect(job["timeout-minutes"]).toBeLessThanOrEqual(45);
      expect(steps.length).toBeGreaterThan(0);
      for (const step of steps) {
        expect([step.run, step.uses].filter((kind) => kind !== undefined)).toHaveLength(1);
        if (step.uses !== undefined) expect(step.uses).toMatch(/^actions\/[\w-]+@v\d+$/);
      }
    }
  });
});

test("the forms of issues have what the code host requires", async () => {
  const forms = (await readdir(join(root, ".github/ISSUE_TEMPLATE"))).filter((file) => file !== "config.yml");
  expect(forms).toEqual(["bug.yml", "feature.yml"]);
  for (const file of forms) {
    const form = parse(await read(`.github/ISSUE_TEMPLATE/${file}`)) as Record<string, unknown>;
    expect(form).toMatchObject({ name: expect.any(String), description: expect.any(String) });
    const body = form["body"] as { type: string; id: string; attributes: { label: string } }[];
    for (const { type, id, attributes } of body) {
      expect(type).toMatch(/^(?:input|textarea)$/);
      expect(id).toMatch(/^[\w-]+$/);
      expect(attributes.label).not.toBe("");
    }
    expect(new Set(body.map(({ id }) => id)).size).toBe(body.length);
  }
});

test("each npm script that a workflow or a page names exists", async () => {
  const pages = [
    ...files.map((file) => `${folder}/${file}`),
    ...[".ci/run", "README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", ".github/pull_request_template.md"],
    ...["bench/README.md", "examples/README.md", "site/README.md"],
    ...(await readdir(join(root, "docs"))).filter((file) => file.endsWith(".md")).map((file) => `docs/${file}`),
  ];
  const missing: string[] = [];
  for (const page of pages) {
    // The pages of these packages also name scripts of their own.
    const own = ["bench", "site"].filter((name) => page === `${name}/README.md`);
    for (const command of commandsOf(await read(page))) {
      const prefixes = command.prefix === undefined ? ["", ...own] : [command.prefix];
      const scripts = await Promise.all(prefixes.map(scriptsOf));
      if (!scripts.flat().includes(command.script)) missing.push(`${page}: ${command.text}`);
    }
  }
  expect(missing).toEqual([]);
});

/** Returns the scripts that a page runs by npm, with the folder of the option `--prefix`. */
function commandsOf(text: string): { text: string; script: string; prefix: string | undefined }[] {
  const commands = text.matchAll(/\bnpm (?:run (?:--silent )?([\w:-]+)|(test))\b([^\n`&|]*)/g);
  return [...commands].map(([command, script, test = "", options = ""]) => ({
    text: command,
    script: script ?? test,
    prefix: /--prefix ([\w/.-]+)/.exec(options)?.[1],
  }));
}

async function scriptsOf(prefix: string): Promise<string[]> {
  const { scripts = {} } = JSON.parse(await read(join(prefix, "package.json"))) as { scripts?: object };
  return Object.keys(scripts);
}
