// Bundles the tests of the core into one file that runs in every JavaScript host: the unchanged tests, the library, and a small test
// runner that replaces jest.

import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Replacements, without Node, for the tools of jest that `expect` uses. */
const replaced: Readonly<Record<string, string>> = {
  "jest-message-util": `
    export const formatStackTrace = (stack) => stack;
    export const separateMessageFromStack = (text) => ({ message: text.split("\\n    at ")[0], stack: "" });`,
  "jest-util": `
    export const isPromise = (value) => typeof value?.then === "function";
    export const pluralize = (word, n) => n + " " + word + (n === 1 ? "" : "s");
    export class ErrorWithStack extends Error {}`,
  chalk: `
    const plain = (text) => text;
    module.exports = new Proxy(plain, { get: (_, key) => (key === "level" ? 0 : module.exports) });`,
};

/** The requirements of a test beyond a JavaScript host: jest or another test runner, the project, or Node. */
const needsJest = /import \{[^}]*\bjest\b[^}]*\} from "@jest|from "esbuild"|support\/jests\.ts"/;
const needsProject = /support\/programs\.ts"|\/scripts\//;
const needsNode = /from "node:|support\/memory\.ts"/;

interface Capabilities {
  /** Whether the tests run on Node. */
  readonly onNode?: boolean;
  /** Whether the tests run in the folder of the project, where they can start programs. */
  readonly inProject?: boolean;
}

/** Returns the tests in `folders` of `test` that need neither jest nor a missing feature, as paths from the root. */
export async function portableTests(
  folders: readonly string[],
  { onNode = false, inProject = false }: Capabilities = {},
): Promise<string[]> {
  const files: string[] = [];
  for (const folder of folders) {
    const directory = join(root, "test", folder);
    for (const name of (await readdir(directory)).sort()) {
      if (!name.endsWith(".test.ts") || name.endsWith("memory.test.ts")) continue;
      const text = await readFile(join(directory, name), "utf8");
      if (needsJest.test(text) || (!inProject && needsProject.test(text)) || (!onNode && needsNode.test(text)))
        continue;
      files.push(`test/${folder}/${name}`);
    }
  }
  return files;
}

interface BundleOptions {
  /** The module whose `start` runs the tests. */
  readonly starter?: string;
  /** The modules of the library that tests load again, by their paths in `src`; a copy of each is written beside the bundle. */
  readonly fresh?: readonly string[];
}

/** Writes the bundle of `tests` to `outfile`. */
export async function bundle(
  tests: readonly string[],
  outfile: string,
  { starter = "./scripts/core/start.ts", fresh = [] }: BundleOptions = {},
): Promise<void> {
  const contents = [
    'import "./scripts/core/globals.ts";',
    'import "./test/setup.ts";',
    'import "./scripts/core/setup-ends.ts";',
    ...tests.map((file) => `import ${JSON.stringify(`./${file}`)};`),
    `import { start } from "${starter}";`,
    "await start();",
  ].join("\n");
  await build({
    stdin: { contents, resolveDir: root, loader: "ts" },
    absWorkingDir: root,
    bundle: true,
    ignoreAnnotations: true,
    keepNames: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["import", "default"],
    target: "es2022",
    outfile,
    // `expect` imports these modules to shorten stacks; browsers do not have them.
    define: { global: "globalThis", "process.env.NODE_ENV": '"production"', "process.cwd": "String" },
    external: ["node:*", "esbuild", "typescript"],
    alias: {
      "@jest/globals": join(root, "scripts/core/harness.ts"),
      goro: join(root, "src/index.ts"),
      "goro/testing": join(root, "src/testing/testing.ts"),
      "goro/trace": join(root, "src/trace/trace.ts"),
    },
    plugins: [
      withoutNode,
      placingFiles,
      namingFiles(new Map(fresh.map((path) => [`../../src/${path}`, `./${nameOfCopy(path)}`]))),
    ],
    logLevel: "warning",
  });
  for (const path of fresh) {
    const out = join(dirname(outfile), nameOfCopy(path));
    await build({ entryPoints: [join(root, "src", path)], outfile: out, bundle: true, format: "esm" });
  }
}

function nameOfCopy(path: string): string {
  return `core-${basename(path, ".ts")}.mjs`;
}

const withoutNode: Plugin = {
  name: "without Node",
  setup({ onResolve, onLoad }) {
    const filter = new RegExp(`^(?:${Object.keys(replaced).join("|")})$`);
    onResolve({ filter }, ({ path }) => ({ path, namespace: "replaced" }));
    onLoad({ filter: /.*/, namespace: "replaced" }, ({ path }) => ({ contents: replaced[path] as string }));
  },
};

// Code that locates files of the project relative to itself gets its original URL.
const placingFiles: Plugin = {
  name: "placing files",
  setup({ onLoad }) {
    onLoad({ filter: /(test.support|scripts).\w+\.[jt]s$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      const url = JSON.stringify(pathToFileURL(path).href);
      return { contents: text.replaceAll("import.meta.url", url), loader: "ts" };
    });
  },
};

// The name of a test includes its file. A module that the test loads again is not in the bundle, so its path in the text is replaced.
function namingFiles(copies: ReadonlyMap<string, string>): Plugin {
  return {
    name: "naming files",
    setup({ onLoad }) {
      onLoad({ filter: /\.test\.ts$/ }, async ({ path }) => {
        const begin = `import { beginFile as begin } from "@jest/globals"; begin(${JSON.stringify(relative(root, path))});`;
        let text = await readFile(path, "utf8");
        for (const [module, copy] of copies) text = text.replace(`const path = "${module}`, `const path = "${copy}`);
        return { contents: `${begin}\n${text}`, loader: "ts" };
      });
    },
  };
}
