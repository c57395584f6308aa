// The example 51-opentelemetry: its output, its packages, and its message without them.

import { cp, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import { run } from "../scripts/run.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const folder = join(root, "examples", "51-opentelemetry");
const tsx = import.meta.resolve("tsx");

test("the span of each job is a child of the span of its request, and the parent of the spans of its function", async () => {
  const { code, stdout, stderr } = await run(process.execPath, ["--import", tsx, join(folder, "main.ts")], {
    cwd: root,
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toBe(`request a
  resize
    encode a1
  resize
    encode a2
  resize
    encode a3
request b
  resize
    encode b1
  resize: not a photo
    encode b2
`);
});

test("the library is tested with the packages of the example", async () => {
  const read = async (file: string): Promise<{ dependencies: object; devDependencies: object }> =>
    JSON.parse(await readFile(file, "utf8")) as { dependencies: object; devDependencies: object };
  const { dependencies } = await read(join(folder, "package.json"));
  expect((await read(join(root, "package.json"))).devDependencies).toMatchObject(dependencies);
});

test("without its packages, the example prints the command that installs them", async () => {
  const temporary = await mkdtemp(join(tmpdir(), "goro-example-"));
  try {
    const copy = join(temporary, "examples", "51-opentelemetry");
    await cp(folder, copy, { recursive: true, filter: (path) => !path.includes("node_modules") });
    await symlink(join(root, "src"), join(temporary, "src"));
    await symlink(join(root, "tsconfig.json"), join(temporary, "tsconfig.json"));
    const { code, stdout, stderr } = await run(process.execPath, ["--import", tsx, join(copy, "main.ts")], {
      cwd: root,
    });
    const message = "The packages of this example are not installed: run npm ci --prefix examples/51-opentelemetry\n";
    expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: "", stderr: message });
  } finally {
    await rm(temporary, { recursive: true });
  }
});
