// A whole program that is recorded from outside, and the file that comes of it.

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Trace } from "goro/trace";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type Ending, type EntryPoint, runSource } from "../support/programs.ts";
import { parseXml } from "../support/xml.ts";

const tracing = ["goro/trace/preload"] as const;
const virtual = ["goro/testing/preload", "goro/trace/preload"] as const;

let place = "";
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), "goro-"));
});
afterAll(() => rm(place, { recursive: true }));

/** Runs a program with its trace written to `file`, and returns the content of the file too. */
async function traced(
  body: string,
  file: string,
  preloads: readonly EntryPoint[] = tracing,
): Promise<Ending & { text: string }> {
  const path = join(place, file);
  const imports = 'import { Channel, go, main, time } from "goro";\n';
  const ending = await runSource(imports + body, { GORO_TRACE: path }, preloads);
  return { ...ending, text: await readFile(path, "utf8") };
}

const program = `
  main(async () => {
    const jobs = new Channel<string>(1);
    go(async function worker() {
      for await (const job of jobs) console.log("did", job);
    });
    await jobs.send("sweep");
    await time.sleep(5);
  });
`;

describe("GORO_TRACE", () => {
  test.concurrent("records the program, with names, values and printed lines, and does not change it", async () => {
    const { code, stdout, stderr, text } = await traced(program, "a.json");
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "did sweep\n", stderr: "" });
    const trace = JSON.parse(text) as Trace;
    expect(trace).toMatchObject({ format: "goro-trace", version: 2, clock: "real", ending: "returned" });
    expect(trace.channels).toMatchObject([{ name: "jobs", capacity: 1 }]);
    const worker = trace.goroutines.find(({ name }) => name === "worker")?.id;
    expect(trace.events).toContainEqual(expect.objectContaining({ type: "send", goroutine: 1, text: '"sweep"' }));
    expect(trace.events).toContainEqual(expect.objectContaining({ type: "log", goroutine: worker, text: "did sweep" }));
  });

  test.concurrent("writes the file also when the program panics", async () => {
    const { code, text } = await traced('main(() => { throw new Error("boom"); });', "panic.json");
    expect(code).toBe(2);
    expect(JSON.parse(text)).toMatchObject({ ending: "panicked" });
  });

  test.concurrent("writes it after a deadlock, and the report lists each goroutine", async () => {
    const { code, stderr, text } = await traced("main(() => new Channel().receive());", "deadlock.json");
    expect(stderr).toBe("fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 [chan receive]:\n");
    expect(code).toBe(2);
    expect(JSON.parse(text)).toMatchObject({ ending: "blocked" });
  });

  test.concurrent("writes it when the program exits by itself, or has no main", async () => {
    const exits = await traced("main(async () => { await time.sleep(1); process.exit(3); });", "exit.json");
    expect(exits.code).toBe(3);
    expect(JSON.parse(exits.text)).toMatchObject({ ending: "running" });
    const plain = await traced("const c = new Channel<number>(1); c.trySend(1);", "plain.json");
    expect((JSON.parse(plain.text) as Trace).events).toHaveLength(1);
  });

  test.concurrent.each([
    ["b.svg", /^<svg [\s\S]*worker[\s\S]*<\/svg>\n$/],
    ["b.chrome.json", /"traceEvents"/],
    ["b.txt", /worker/],
  ])("writes %s in the format of its extension", async (file, form) => {
    const { code, text } = await traced(program, file);
    expect(code).toBe(0);
    expect(text).toMatch(form);
    if (file.endsWith(".svg")) parseXml(text);
    if (file.endsWith(".json")) expect(() => JSON.parse(text) as unknown).not.toThrow();
  });

  test.concurrent("rejects an unknown extension before the program starts", async () => {
    const { code, stdout, stderr } = await runSource('console.log("ran");', { GORO_TRACE: "run.png" }, tracing);
    expect(stderr).toBe(
      "goro/trace: a file name must end in .pool.svg, .svg, .chrome.json, .json, .txt, got run.png\n",
    );
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  });

  test.concurrent.each([
    ["the folder does not exist", "nowhere/run.svg", /run\.svg was not written: ENOENT/],
    ["the trace has no pool", "none.pool.svg", /none\.pool\.svg was not written: .*pool/],
  ])("reports that %s, and the program ends as it would without it", async (_, file, message) => {
    const { code, stdout, stderr } = await runSource(
      `process.exitCode = 3; console.log("ran");`,
      { GORO_TRACE: join(place, file) },
      tracing,
    );
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 3, stdout: "ran\n" });
  });

  test.concurrent("writes the same file each time in virtual time", async () => {
    const [one, two] = await Promise.all(["v1.json", "v2.json"].map((file) => traced(program, file, virtual)));
    expect(one?.text).toBe(two?.text);
    expect(JSON.parse(one?.text as string)).toMatchObject({ clock: "virtual", end: 5 });
  });
});
