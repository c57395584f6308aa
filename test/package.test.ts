// The package as others install it: built, packed, and used from outside.

import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "@jest/globals";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../", import.meta.url));
const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "goro-"));
  const home = join(folder, "node_modules", "goro");
  await mkdir(home, { recursive: true });
  await run(process.execPath, [tsc, "-p", join(root, "tsconfig.build.json"), "--outDir", join(home, "dist")]);
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
