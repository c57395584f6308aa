// Every sample of the documentation compiles, runs, and prints the output that the page shows.

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import * as goro from "goro";
import * as pipeline from "goro/pipeline";
import * as testing from "goro/testing";
import * as trace from "goro/trace";
import ts from "typescript";
import { runSource } from "./support/programs.ts";
import { type Sample, samplesOfPages, samplesOfSource } from "./support/samples.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const pages = await samplesOfPages();
const source = await samplesOfSource();

// The example of a doc block is part of a program; the imports are added here.
const names = (module: object): string => Object.keys(module).join(", ");
const types = typesOf(await readFile(join(root, "src", "index.ts"), "utf8"));
const imports = `import { ${names(goro)}, ${types.map((name) => `type ${name}`).join(", ")} } from "goro";
import { ${names(pipeline)} } from "goro/pipeline";
import { ${names(testing)} } from "goro/testing";
import { ${names(trace)} } from "goro/trace";
`;
const program = (sample: Sample): string =>
  sample.code.includes("import ") ? sample.code : `${imports}{\n${sample.code}\n}\nexport {};\n`;

test("there are samples to check", () => {
  expect(pages.length).toBeGreaterThanOrEqual(2);
  expect(source.length).toBeGreaterThanOrEqual(5);
});

describe("the pages' samples", () => {
  test.each(pages.map((sample) => [sample.location, sample] as const))("%s runs", async (_, sample) => {
    const { code, stdout, stderr } = await runSource(sample.code);
    expect({ code, stderr, stdout }).toMatchObject({ code: 0, stderr: "" });
    // The test runner of Node prints the number of tests.
    if (sample.code.includes("node:test")) expect(stdout).toMatch(/pass 1\n/);
    if (sample.output !== undefined) expect(stdout).toBe(sample.output);
  });
});

describe("the doc blocks' examples", () => {
  test.concurrent.each(source.map((sample) => [sample.location, sample] as const))("%s runs", async (_, sample) => {
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
        await writeFile(file, `// ${sample.location}\n${program(sample)}`);
        return file;
      }),
    );
    const { config } = ts.readConfigFile(join(root, "tsconfig.json"), (file) => ts.sys.readFile(file)) as {
      config: object;
    };
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
    const compiled = ts.createProgram(files, { ...options, noUnusedLocals: false, noUnusedParameters: false });
    const errors = ts
      .getPreEmitDiagnostics(compiled)
      .map(
        ({ file, messageText }) =>
          `${file?.text.split("\n")[0] ?? ""}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
      );
    expect(errors).toEqual([]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** Returns the names of the types that an entry point exports. */
function typesOf(entryPoint: string): string[] {
  const { statements } = ts.createSourceFile("index.ts", entryPoint, ts.ScriptTarget.Latest);
  return statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement) || statement.exportClause === undefined) return [];
    if (!ts.isNamedExports(statement.exportClause)) return [];
    const { isTypeOnly, exportClause } = statement;
    return exportClause.elements.filter((element) => isTypeOnly || element.isTypeOnly).map(({ name }) => name.text);
  });
}
