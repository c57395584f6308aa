// Two copies of the library in one process: each error that results from them names both copies.

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { build } from "esbuild";
import { version } from "../../src/util/copies.ts";
import { type Ending, runSource } from "../support/programs.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
let folder = "";
let copy = "";
let url = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "goro-"));
  copy = join(folder, "copy.mjs");
  url = pathToFileURL(copy).href;
  const contents = 'export * from "./src/index.ts"; export { bubble } from "./src/testing/testing.ts";';
  await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    format: "esm",
    platform: "neutral",
    outfile: copy,
  });
});

afterAll(() => rm(folder, { recursive: true }));

function runWithCopy(body: string, env: Record<string, string> = {}): Promise<Ending> {
  return runSource(`import * as goro from "goro";\nimport * as other from ${JSON.stringify(copy)};\n${body}`, env);
}

test("the version is that of the package", async () => {
  const { version: published } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { version: string };
  expect(version).toBe(published);
});

test("an object of another copy is named in the error of each function that takes one", async () => {
  const { stdout, stderr } = await runWithCopy(`
    const ch = new other.Channel();
    const [ctx] = other.context.withCancel(other.context.background());
    const { context } = goro;
    const mine = { done: () => ctx.done(), err: () => ctx.err(), deadline: () => undefined, value: () => undefined };
    const tries: Record<string, () => unknown> = {
      receive: () => goro.receive(ch),
      send: () => goro.send(ch, 1),
      select: () => goro.select({ a: other.receive(ch) }),
      "select of channels": () => goro.select({ a: ch }),
      "select of a channel": () => goro.select(ch),
      toReadableStream: () => goro.toReadableStream(ch),
      toWritableStream: () => goro.toWritableStream(ch),
      runPool: () => goro.runPool(context.background(), ch, new goro.Channel(), () => 1),
      withCancel: () => context.withCancel(ctx),
      withCancelCause: () => context.withCancelCause(ctx),
      withTimeout: () => context.withTimeout(ctx, 1),
      withDeadline: () => context.withDeadline(ctx, 1),
      withValue: () => context.withValue(ctx, "a", 1),
      withoutCancel: () => context.withoutCancel(ctx),
      afterFunc: () => context.afterFunc(ctx, () => 1),
      background: () => context.withCancel(other.context.background()),
      "a context that is not goro's": () => context.withCancel(mine),
      pool: () => new goro.WorkerPool(() => 1, { ctx }),
      rate: () => new goro.WorkerPool(() => 1, { rate: new other.RateLimiter(1) }),
      borders: () => goro.fromIterable([1], { ctx }),
    };
    for (const [name, attempt] of Object.entries(tries)) {
      try {
        await attempt();
        console.log(name, "did not throw");
      } catch (error) {
        console.log(name, error.name, error.message.replaceAll(/file:\\/\\/\\S+\\/src\\//g, "OWN/"));
      }
    }
  `);
  const of = `of another copy of goro (${version} at ${url}; this is ${version} at OWN/util/stack.ts); see docs/copies.md`;
  const channel = `got a Channel ${of}`;
  const context = `got a Context ${of}`;
  const cases = "cases must be an object, such as { value: receive(ch), sent: send(other, value) }";
  expect(stderr).toBe("");
  expect(stdout.replaceAll(/(file:\/\/)?\/\S+\/src\//g, "OWN/").split("\n")).toEqual([
    `receive TypeError receive: channel must be a Channel or null, ${channel}`,
    `send TypeError send: channel must be a Channel or null, ${channel}`,
    `select TypeError select: a must be a case, made by receive, send or promise, got a case of select ${of}`,
    `select of channels TypeError select: a must be a case, made by receive, send or promise, ${channel}`,
    `select of a channel TypeError select: ${cases}, ${channel}`,
    `toReadableStream TypeError toReadableStream: channel must be a Channel, ${channel}`,
    `toWritableStream TypeError toWritableStream: channel must be a Channel, ${channel}`,
    `runPool TypeError runPool: jobs must be a Channel, ${channel}`,
    ...["withCancel", "withCancelCause", "withTimeout", "withDeadline", "withValue", "withoutCancel"].map(
      (name) => `${name} TypeError context.${name}: parent must be a context, ${context}`,
    ),
    `afterFunc TypeError context.afterFunc: ctx must be a context, ${context}`,
    `background TypeError context.withCancel: parent must be a context, ${context}`,
    `a context that is not goro's TypeError context: done() must return a Channel, ${channel}`,
    `pool TypeError WorkerPool: ctx must be a context, ${context}`,
    `rate RangeError WorkerPool: rate must be a number, 0 or more, got a RateLimiter ${of}`,
    `borders TypeError fromIterable: ctx must be a context, ${context}`,
    "",
  ]);
});

const copyLine = `\\n\\t${version.replaceAll(".", "\\.")} at .*`;
const list = new RegExp(
  `\\n2 copies of goro are loaded, which do not share goroutines; see docs/copies\\.md:${copyLine}stack\\.ts.*${copyLine}copy\\.mjs.*\\n+$`,
);

test("the report of a deadlock names them", async () => {
  const { code, stderr } = await runWithCopy("goro.main(() => new goro.Channel().receive());\nvoid other;");
  expect(stderr).toMatch(/^fatal error: all goroutines are asleep - deadlock!\n/);
  expect(stderr).toMatch(list);
  expect(code).toBe(2);
});

test("the deadlock error of a bubble names them", async () => {
  const { stdout } = await runWithCopy(`
    await other.bubble(() => new other.Channel().receive()).catch((error) => console.log(error.message));
    void goro;
  `);
  expect(stdout).toMatch(/^deadlock: all goroutines in bubble are blocked\n/);
  expect(stdout).toMatch(list);
});

test("two copies print nothing without an error", async () => {
  expect(await runWithCopy("goro.main(() => goro.time.sleep(1));\nother.go(() => other.time.sleep(1));")).toEqual({
    code: 0,
    stdout: "",
    stderr: "",
  });
});

describe("the preload of", () => {
  test.each([
    ["testing", "which runs in real time"],
    ["trace", "which is not recorded"],
  ] as const)("goro/%s reports that the program has another copy", async (room, effect) => {
    const program = `import { main, time } from ${JSON.stringify(copy)};\nmain(() => time.sleep(1));`;
    const { code, stderr } = await runSource(program, { GORO_TRACE: join(folder, "trace.json") }, [
      `goro/${room}/preload`,
    ]);
    expect(stderr).toBe(
      `goro/${room}/preload: the program loads another copy of goro, ${effect}: ${version} at ${url}; see docs/copies.md\n`,
    );
    expect(code).toBe(0);
  });

  test.each(["testing", "trace"] as const)("goro/%s reports nothing if there is one copy", async (room) => {
    const { stderr } = await runSource(
      'import { main, time } from "goro";\nmain(() => time.sleep(1));',
      { GORO_TRACE: join(folder, "trace.json") },
      [`goro/${room}/preload`],
    );
    expect(stderr).toBe("");
  });
});
