// The package as others install it: built, packed, and used from outside.

import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { build } from "esbuild";

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
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
});

afterAll(() => rm(folder, { recursive: true }));

const program = `
import { Channel, context, defer, go, main, select, receive, time } from "goro";
import { bubble, now } from "goro/testing";
import { record, timeline } from "goro/trace";
main(async () => {
  const recording = record();
  const ch = new Channel(1);
  go(() => ch.send("hello"));
  const s = await select({ word: receive(ch), late: receive(time.after(1000)) });
  console.log(s.case, s.value, context.background().err(), typeof defer);
  console.log(timeline(recording.stop()).startsWith("<svg"));
  console.log(await bubble(async () => {
    const start = now();
    await time.sleep(time.hour);
    return now() - start;
  }));
});
`;

test("it runs as JavaScript, without any loader", async () => {
  await writeFile(join(folder, "main.js"), program);
  const { stdout } = await run(process.execPath, [join(folder, "main.js")]);
  expect(stdout).toBe("word hello undefined function\ntrue\n3600000\n");
});

test("every door is there for whoever runs it and for a bundler, and both have the same names", async () => {
  const { exports } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as {
    exports: Record<string, string | { types: string; module: string; default: string }>;
  };
  const home = join(folder, "node_modules", "goro");
  const doors = Object.values(exports).filter((door) => typeof door === "object");
  expect(doors).toHaveLength(5);
  const names = `
    const [one, other] = await Promise.all(process.argv.slice(1).map((file) => import(file)));
    console.log(Object.keys(one).join() === Object.keys(other).join(), Object.keys(one).length);`;
  for (const door of doors) {
    expect(await readFile(join(home, door.types), "utf8")).not.toBe("");
    const files = [door.module, door.default].map((file) => pathToFileURL(join(home, file)).href);
    const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", names, ...files]);
    expect(stdout).toMatch(/^true \d+\n$/);
  }
});

test("a bundler leaves out what is not used", async () => {
  const contents = 'export { Channel } from "goro";';
  const stdin = { contents, resolveDir: folder };
  const { metafile } = await build({
    stdin,
    bundle: true,
    format: "esm",
    platform: "node",
    write: false,
    metafile: true,
  });
  const files = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
  );
  expect(files.some((file) => file.endsWith("dist/channel/channel.js"))).toBe(true);
  expect(files.filter((file) => /dist\/(whole|pool|sync|context|border|trace|testing)\//.test(file))).toEqual([]);
});

test("a report tells the places of the program, and not those of the library", async () => {
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
])("its types serve a strict program of module %s, resolved as %s", async (module, resolution) => {
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
