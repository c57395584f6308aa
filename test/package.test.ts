// The package as users install it: built, packed, and imported by name.

import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { build, type BuildOptions } from "esbuild";
import ts from "typescript";
import { bundle, compareSizes, measureSizes, type Sizes, withSizes } from "../scripts/sizes.ts";
import { bundledPackages, notice } from "../scripts/vendor.ts";
import { waitingProgram, waits, withoutWaits } from "./support/public-waits.ts";

/** The name of an algorithm in dagre, which lays out graphs. */
const isDagre = /network-simplex/;

const run = promisify(execFile);
const root = fileURLToPath(new URL("../", import.meta.url));
const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "goro-"));
  const home = join(folder, "node_modules", "goro");
  await mkdir(home, { recursive: true });
  await run(process.execPath, ["--import", "tsx", join(root, "scripts", "build.ts"), join(home, "dist")], {
    cwd: root,
  });
  await writeFile(join(home, "package.json"), await readFile(join(root, "package.json")));
  await mkdir(join(folder, "node_modules", "@types"));
  await symlink(join(root, "node_modules", "@types", "node"), join(folder, "node_modules", "@types", "node"));
  await symlink(join(root, "node_modules", "undici-types"), join(folder, "node_modules", "undici-types"));
  // The peer of goro/bullmq, which users install themselves.
  await symlink(join(root, "node_modules", "bullmq"), join(folder, "node_modules", "bullmq"));
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
});

afterAll(() => rm(folder, { recursive: true }));

const program = `
import { Channel, context, defer, go, main, select, receive, time } from "goro";
import { bubble, now } from "goro/testing";
import { record, renderTimeline } from "goro/trace";
main(async () => {
  const recording = record();
  const ch = new Channel(1);
  go(() => ch.send("hello"));
  const s = await select({ word: receive(ch), late: receive(time.after(1000)) });
  console.log(s.case, s.value, context.background().err(), typeof defer);
  console.log(renderTimeline(recording.stop()).startsWith("<svg"));
  console.log(await bubble(async () => {
    const start = now();
    await time.sleep(time.hour);
    return now() - start;
  }));
});
`;

test("it runs as JavaScript without a loader", async () => {
  await writeFile(join(folder, "main.js"), program);
  const { stdout } = await run(process.execPath, [join(folder, "main.js")]);
  expect(stdout).toBe("word hello undefined function\ntrue\n3600000\n");
});

test("every entry point is one file for all tools, and one of declarations", async () => {
  const { exports } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as {
    exports: Record<string, string | { types: string; default: string }>;
  };
  const home = join(folder, "node_modules", "goro");
  const entryPoints = Object.values(exports).filter((entry) => typeof entry === "object");
  expect(entryPoints).toHaveLength(8);
  for (const entry of entryPoints) {
    // Another condition would be another copy for the tools that set it.
    expect(Object.keys(entry)).toEqual(["types", "default"]);
    expect(await readFile(join(home, entry.types), "utf8")).not.toBe("");
    await run(process.execPath, ["--input-type=module", "--eval", `await import("${join(home, entry.default)}")`]);
  }
});

describe("the libraries of goro/trace", () => {
  const libraries = /@dagrejs|d3-array|get-east-asian-width/;

  test("are bundled: no module imports from outside but goro/bullmq, and no type declaration mentions them", async () => {
    const dist = join(folder, "node_modules", "goro", "dist");
    const files = (await readdir(dist, { recursive: true })).filter((file) => /\.(js|d\.ts)$/.test(file));
    for (const file of files) {
      const text = await readFile(join(dist, file), "utf8");
      const imports = [...text.matchAll(/^(?:import|export) [^;]*?from "([^"]+)"/gm)].map(
        ([, target]) => target as string,
      );
      const peers = file === "goro-chunks/bullmq.js" ? ["bullmq"] : [];
      const others = imports.filter((target) => !target.startsWith(".") && !peers.includes(target));
      expect([file, others]).toEqual([file, []]);
      if (file.endsWith(".d.ts")) expect([file, libraries.test(text)]).toEqual([file, false]);
    }
  });

  test("have their licenses in NOTICE, which is packed", async () => {
    const packages = await bundledPackages();
    const text = await readFile(join(root, "NOTICE"), "utf8");
    expect(packages.length).toBeGreaterThan(0);
    for (const name of packages.map((path) => path.replace(/.*node_modules\//, "")))
      expect(text).toContain(`\n${name} `);
    expect(text).toBe(await notice());
    const { files } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { files: string[] };
    expect(files).toContain("NOTICE");
  });
});

describe("a bundler", () => {
  test("removes what is not used", async () => {
    const { text } = await bundle('export { Mutex } from "goro";', folder);
    const classes = [...text.matchAll(/\b(\w+)(?: =|:) class\b/g)].map(([, name]) => name);
    expect(classes).toContain("Mutex");
    expect(classes).toContain("OwnedLock");
    for (const unused of ["Channel", "CancelContext", "RateLimiter", "WorkerPool"])
      expect(classes).not.toContain(unused);
  });

  test("keeps nothing of a file that a program uses nothing of", async () => {
    // Beside a package.json that does not say which files have effects.
    await cp(join(folder, "node_modules", "goro", "dist"), join(folder, "copied"), { recursive: true });
    const { text } = await bundle('import "./copied/goro-chunks/core.js";', folder);
    const mark = "mark(() => new Error().stack);";
    const marks = ["var marks = [];", "function mark(here) {", "  marks.push(here);", "}", mark, mark];
    expect(text.split("\n").filter((line) => line !== "" && !line.startsWith("//"))).toEqual(marks);
    const trace = await bundle('import "./copied/goro-chunks/trace.js";', folder);
    expect(trace.text).not.toMatch(isDagre);
  });
});

describe("a bundle of a name of goro/trace", () => {
  test("has the library that lays out graphs only with the pictures", async () => {
    const { metafile } = await bundle('export * from "goro/trace";', folder);
    const names = Object.values(metafile.outputs).flatMap((output) => output.exports);
    const withDagre: string[] = [];
    for (const name of names) {
      const { text } = await bundle(`export { ${name} } from "goro/trace";`, folder);
      if (isDagre.test(text)) withDagre.push(name);
    }
    expect(names.length).toBeGreaterThan(8);
    expect(withDagre).toEqual(["renderTimeline"]);
  });
});

describe("the tarball", () => {
  let files: readonly { readonly path: string }[] = [];
  let size = 0;

  beforeAll(async () => {
    const home = join(folder, "node_modules", "goro");
    for (const name of ["README.md", "CHANGELOG.md", "LICENSE", "NOTICE", "docs"]) {
      await cp(join(root, name), join(home, name), { recursive: true });
    }
    const { stdout } = await run("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: home });
    [{ files, size }] = JSON.parse(stdout) as [{ files: typeof files; size: number }];
  });

  test("has at most 300 kB and 130 files", () => {
    expect(size).toBeLessThan(300_000);
    expect(files.length).toBeLessThan(130);
  });

  test("has the files of the build, and neither its source nor source maps", () => {
    const paths = files.map(({ path }) => path);
    expect(paths).toContain("dist/index.js");
    expect(paths.filter((path) => path.startsWith("src/") || path.endsWith(".map"))).toEqual([]);
    expect(paths.filter((path) => path.endsWith(".js")).length).toBeLessThan(25);
  });
});

test("every export of an entry point has its documentation in the declarations", async () => {
  const { exports } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as {
    exports: Record<string, string | { types: string }>;
  };
  const home = join(folder, "node_modules", "goro");
  const entryPoints = Object.values(exports).flatMap((entry) => (typeof entry === "object" ? [entry.types] : []));
  const files = entryPoints.map((types) => join(home, types));
  const program = ts.createProgram(files, {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    types: [],
  });
  const checker = program.getTypeChecker();
  const isAlias = ({ flags }: ts.Symbol): boolean => (flags & ts.SymbolFlags.Alias) !== 0;
  const all = files.flatMap((file) => {
    const module = checker.getSymbolAtLocation(program.getSourceFile(file) as ts.SourceFile);
    return module === undefined ? [] : checker.getExportsOfModule(module);
  });
  const symbols = all.map((symbol) => (isAlias(symbol) ? checker.getAliasedSymbol(symbol) : symbol));
  const namespaces = symbols.filter(({ flags }) => (flags & ts.SymbolFlags.ValueModule) !== 0);
  expect(symbols.length).toBeGreaterThan(150);
  expect(namespaces).toHaveLength(2);
  const undocumented = symbols.filter((symbol) => symbol.getDocumentationComment(checker).length === 0);
  expect(undocumented.map(({ name }) => name)).toEqual([]);
});

describe("the size of each export in a bundle", () => {
  let budgets: Sizes = {};

  beforeAll(async () => {
    budgets = JSON.parse(await readFile(join(root, "budgets.json"), "utf8")) as Sizes;
  });

  // `npm run size -- --write` makes the sizes of now the budgets.
  test("is within 2 % of its budget", async () => {
    expect(compareSizes(await measureSizes(folder), budgets)).toEqual([]);
  }, 60_000);

  test("is what docs/speed.md says", async () => {
    const page = await readFile(join(root, "docs", "speed.md"), "utf8");
    expect(page).toContain("<!-- sizes -->");
    expect(withSizes(page, budgets)).toBe(page);
  });

  test.each([
    ["the same", { a: 100 }, []],
    ["2 % more, and 2 % less", { a: 102 }, []],
    ["more than 2 % more", { a: 103 }, ["a: 103 bytes, the budget is 100"]],
    ["more than 2 % less", { a: 97 }, ["a: 97 bytes, the budget is 100"]],
    ["without a budget", { a: 98, b: 1 }, ["b: no budget, 1 bytes"]],
    ["of an export that does not exist", {}, ["a: is not exported, and has a budget of 100 bytes"]],
  ])("is compared: %s", (_, sizes: Record<string, number>, problems) => {
    expect(compareSizes(sizes, { a: 100 })).toEqual(problems);
  });
});

describe.each(["cjs", "iife", "esm"] as const)("a bundle to %s", (format) => {
  describe.each([true, false])("minified: %s", (minify) => {
    test("runs, and the bundler prints no warning", async () => {
      const name = `bundle-${format}-${minify}`;
      const outfile = join(folder, `${name}.${format === "esm" ? "mjs" : "cjs"}`);
      const { warnings } = await build({
        stdin: { contents: bundled, resolveDir: folder },
        bundle: true,
        format,
        minify,
        platform: "neutral",
        mainFields: [],
        outfile,
        logLevel: "silent",
      });
      expect(warnings.map(({ text }) => text)).toEqual([]);
      const { stdout, stderr } = await run(process.execPath, [outfile]);
      expect({ stdout, stderr }).toEqual({ stdout: "1,4,9 timeout context canceled\n", stderr: "" });
    });
  });
});

const bundled = `
import { Channel, WorkerPool, context, main, receive, select, time } from "goro";
main(async () => {
  const pool = new WorkerPool(async (_ctx, n) => n * n, { workers: 2 });
  const squares = [];
  for await (const square of pool.map([1, 2, 3])) squares.push(square);
  await pool.stop();
  const [ctx, cancel] = context.withCancel(context.background());
  const s = await select({ value: receive(new Channel()), done: receive(ctx.done()), timeout: receive(time.after(1)) });
  cancel();
  console.log(squares.join(), s.case, ctx.err().message);
});
`;

test("every class and function keeps its name in the package, and every class keeps its name in a bundle", async () => {
  const outfile = join(folder, "names.mjs");
  const stdin = {
    contents: 'export * from "goro"; export * as testing from "goro/testing"; export * as trace from "goro/trace";',
    resolveDir: folder,
  };
  const options = {
    bundle: true,
    format: "esm",
    platform: "neutral",
    mainFields: [],
    external: ["node:*"],
  } satisfies BuildOptions;
  await build({ ...options, stdin, outfile });
  const program = `
    const seen = (all) => Object.entries(all).flatMap(([name, value]) =>
      typeof value === "function" && value.name !== name ? [name + " is called " + value.name]
        : typeof value === "object" && Object.prototype.toString.call(value) === "[object Module]" ? seen(value) : []);
    for (const file of process.argv.slice(1)) {
      const found = seen(await import(file));
      console.log(JSON.stringify(file.endsWith("names.mjs") ? found.filter((name) => /^[A-Z]/.test(name)) : found));
    }`;
  const files = ["index.js", "testing/testing.js", "trace/trace.js"].map(
    (file) => pathToFileURL(join(folder, "node_modules", "goro", "dist", file)).href,
  );
  files.push(pathToFileURL(outfile).href);
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", program, ...files]);
  expect(stdout).toBe("[]\n".repeat(4));
});

test("no mark of the library's code ends in a call, of which WebKit has no frame, in a minified bundle", async () => {
  const { text } = await bundle('export * from "goro";', folder, true);
  expect(text.match(/=>(?:new )?Error\(\)\.stack\)/g)?.length).toBeGreaterThan(5);
  expect(text).not.toMatch(/=>(?:new )?Error\(\)[;,)}]/);
});

describe("a report in a bundle begins with the frames of the program", () => {
  const stuck = `
import { Channel, go, main, Mutex, receive, select, time, WaitGroup, WorkerPool } from "goro";
async function inReceive() { await new Channel().receive(); }
async function inRange() { for await (const value of new Channel()) console.log(value); }
async function inSelect() { await select({ one: receive(new Channel()), other: receive(new Channel()) }); }
async function inLock() { const mu = new Mutex(); await mu.lock(); await mu.lock(); }
async function inWait() { const wg = new WaitGroup(); wg.add(1); await wg.wait(); }
async function inResult() { const task = await new WorkerPool(() => new Channel().receive()).submit(1); await task.result; }
main(async function top() {
  for (const f of [inReceive, inRange, inSelect, inLock, inWait, inResult]) go(f);
  await new Channel().send(1);
});
`;
  test.each([
    ["not minified", false, []],
    ["minified, with a source map", true, ["--enable-source-maps"]],
  ])("%s", async (_, minify, flags) => {
    const outfile = join(folder, `stuck-${minify}.cjs`);
    await build({
      stdin: { contents: stuck, resolveDir: folder, sourcefile: "stuck.js" },
      bundle: true,
      minify,
      sourcemap: true,
      platform: "node",
      outfile,
    });
    const ended = run(process.execPath, [...flags, outfile], { env: { ...process.env, GORO_DEBUG: "1" } });
    const { stderr } = (await ended.catch((error: unknown) => error)) as { stderr: string };
    const first = [...stderr.matchAll(/^goroutine (\d+) .*\n\tat (.*)$/gm)].slice(0, 7);
    const places = first.map(([, , frame]) => frame as string);
    expect(places).toHaveLength(7);
    for (const [i, f] of ["top", "inReceive", "inRange", "inSelect", "inLock", "inWait", "inResult"].entries()) {
      expect(places[i]).toMatch(minify ? /stuck\.js:\d+:\d+\)$/ : new RegExp(`^${f} `));
    }
  });
});

describe.each([false, true])("in a bundle that is minified: %s", (minify) => {
  test("every public wait is reported at the program's line", async () => {
    const outfile = join(folder, `waits-${minify}.cjs`);
    await build({
      stdin: { contents: waitingProgram, resolveDir: folder },
      bundle: true,
      minify,
      format: "cjs",
      platform: "neutral",
      mainFields: [],
      external: ["node:*"],
      outfile,
    });
    const { stdout, stderr } = await run(process.execPath, [outfile], { env: { ...process.env, GORO_DEBUG: "1" } });
    expect(stderr).toBe("");
    const { names, frames } = JSON.parse(stdout) as { names: string[]; frames: [name: string, first: string[]][] };
    const firstFrames = new Map(frames);
    const known = [...Object.keys(waits).map((name) => name.replace(/ .*/, "")), ...withoutWaits];
    expect(names.filter((name) => !known.includes(name))).toEqual([]);
    expect(withoutWaits.filter((name) => !names.includes(name))).toEqual([]);
    const wrong = Object.keys(waits).filter((name) => {
      const first = firstFrames.get(`user:${name}`) ?? [];
      return first.length !== 1 || !(first[0] as string).includes(` user:${name} (`);
    });
    expect(wrong.map((name) => [name, firstFrames.get(`user:${name}`)])).toEqual(inStreams);
    // The goroutines of the library wait in the library alone.
    const others = frames.filter(([name]) => !name.startsWith("user:"));
    expect(others.flatMap(([, first]) => first).filter((frame) => frame !== "")).toEqual([]);
  });
});

// Node calls the streams later, so that the stack has no frame of the program.
const inStreams = ["toReadableStream", "toWritableStream"].map((name) => [name, [""]]);

describe("goro/debug", () => {
  const source = (first: string): string =>
    `${first}import { Channel, go } from "goro";\nfunction stuck() { return new Channel().receive(); }\ngo(stuck);\n`;
  const { GORO_DEBUG: _, ...env } = process.env;

  test("with --import, lists the goroutines of a program without main", async () => {
    const file = join(folder, "debugged.js");
    await writeFile(file, source(""));
    const { stderr } = await run(process.execPath, ["--import", "goro/debug", file], { cwd: folder, env });
    expect(stderr).toContain("goro: process exiting with 1 goroutine still blocked: 1 [chan receive]\n");
    expect(stderr).toContain("debugged.js:2");
  });

  test("imported first, does so in a bundle", async () => {
    const outfile = join(folder, "debugged-in-bundle.mjs");
    const stdin = { contents: source('import "goro/debug";\n'), resolveDir: folder, sourcefile: "debugged.js" };
    await build({
      stdin,
      bundle: true,
      format: "esm",
      platform: "neutral",
      mainFields: [],
      outfile,
    });
    const { stderr } = await run(process.execPath, [outfile], { env });
    expect(stderr).toContain("goroutine 2 [chan receive]: stuck\n");
  });
});

test("a report shows the frames of the program, and not those of the library", async () => {
  const stuck = 'import { Channel, main } from "goro";\nmain(async () => {\n  await new Channel().receive();\n});\n';
  const file = join(folder, "stuck.js");
  await writeFile(file, stuck);
  const ended = run(process.execPath, [file], { env: { ...process.env, GORO_DEBUG: "1" } });
  const { stderr } = (await ended.catch((error: unknown) => error)) as { stderr: string };
  expect(stderr).toContain("stuck.js:3");
  expect(stderr).not.toContain("node_modules/goro");
});

test.each([
  ["NodeNext", "NodeNext"],
  ["ESNext", "Bundler"],
])("its types compile in a strict program with module %s and moduleResolution %s", async (module, resolution) => {
  const file = join(folder, "main.ts");
  const typed = program.replace("new Channel(1)", "new Channel<string>(1)");
  await writeFile(
    file,
    `${typed}\nconst ctx: context.Context = context.todo();\nconsole.log(ctx.deadline()?.toFixed());\n`,
  );
  const flags = ["--strict", "--noEmit", "--target", "ES2022", "--types", "node", "--exactOptionalPropertyTypes"];
  const { stdout } = await run(
    process.execPath,
    [tsc, ...flags, "--module", module, "--moduleResolution", resolution, file],
    { cwd: folder },
  );
  expect(stdout).toBe("");
});

test("its types compile without those of Node, and type the events of emitters", async () => {
  const lines = [
    'import { fromEvents } from "goro";',
    "interface Own {",
    '  on(name: "data", listener: (text: string) => void): void;',
    '  on(name: "end", listener: () => void): void;',
    "  off(name: string, listener: (...args: never) => void): void;",
    "}",
    "declare const own: Own;",
    'const text: string | undefined = fromEvents(own, "data").tryReceive()?.value;',
    "// @ts-expect-error -- the events are strings",
    'const wrong: number | undefined = fromEvents(own, "data").tryReceive()?.value;',
    'const key: KeyboardEvent | undefined = fromEvents(document, "keydown").tryReceive()?.value;',
    "console.log(text, wrong, key);",
  ];
  await writeFile(join(folder, "browser.ts"), lines.join("\n"));
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: "ES2022",
    lib: ["ES2022", "DOM", "DOM.AsyncIterable"],
    module: "ESNext",
    moduleResolution: "Bundler",
    types: [],
  };
  const config = join(folder, "tsconfig.browser.json");
  await writeFile(config, JSON.stringify({ compilerOptions, files: ["browser.ts"] }));
  const { stdout } = await run(process.execPath, [tsc, "-p", config], { cwd: folder });
  expect(stdout).toBe("");
});
