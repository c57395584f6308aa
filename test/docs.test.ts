// The documentation is true: what it shows compiles, runs, and prints what it says.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import * as goro from "goro";
import * as trace from "goro/trace";
import ts from "typescript";
import { runSource } from "./support/programs.ts";
import { type Sample, samplesOfPages, samplesOfSource } from "./support/samples.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const pages = await samplesOfPages();
const source = await samplesOfSource();

// What stands in a doc block is a piece of a program: here is the rest of it.
const everything = [...Object.keys(goro), "type Outcome"].join(", ");
const testing = "bubble, now, settled";
const tracing = Object.keys(trace).join(", ");
const program = (sample: Sample): string =>
  sample.code.includes("import ")
    ? sample.code
    : `import { ${everything} } from "goro";\nimport { ${testing} } from "goro/testing";\nimport { ${tracing} } from "goro/trace";\n{\n${sample.code}\n}\nexport {};\n`;

test("there are samples to check", () => {
  expect(pages.length).toBeGreaterThanOrEqual(2);
  expect(source.length).toBeGreaterThanOrEqual(5);
});

describe("the pages' samples", () => {
  test.each(pages.map((sample) => [sample.place, sample] as const))("%s runs", async (_, sample) => {
    const { code, stdout, stderr } = await runSource(sample.code);
    expect({ code, stderr, stdout }).toMatchObject({ code: 0, stderr: "" });
    // Node's test runner counts.
    if (sample.code.includes("node:test")) expect(stdout).toMatch(/pass 1\n/);
    if (sample.output !== undefined) expect(stdout).toBe(sample.output);
  });
});

describe("the doc blocks' examples", () => {
  test.concurrent.each(source.map((sample) => [sample.place, sample] as const))("%s runs", async (_, sample) => {
    const { code, stderr } = await runSource(program(sample));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });
});

test("all samples compile", async () => {
  const folder = await mkdtemp(join(root, "test", "program-"));
  try {
    const files = await Promise.all(
      [...pages, ...source].map(async (sample, i) => {
        const file = join(folder, `${i}.ts`);
        await writeFile(file, `// ${sample.place}\n${program(sample)}`);
        return file;
      }),
    );
    const { config } = ts.readConfigFile(join(root, "tsconfig.json"), (file) => ts.sys.readFile(file)) as {
      config: object;
    };
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
    const compiled = ts.createProgram(files, { ...options, noUnusedLocals: false, noUnusedParameters: false });
    const found = ts
      .getPreEmitDiagnostics(compiled)
      .map(
        ({ file, messageText }) =>
          `${file?.text.split("\n")[0] ?? ""}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
      );
    expect(found).toEqual([]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
