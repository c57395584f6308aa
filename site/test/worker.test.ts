// The worker in Chromium: how programs end.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { EngineBrowser } from "../parity/browser.ts";
import { compareRuns } from "../parity/compare.ts";
import { reasonToSkip } from "../parity/drivers.ts";
import type { PageRequest } from "../parity/page.ts";
import type { RunOptions, RunResult } from "../run/messages.ts";
import { runOnNode } from "../parity/run-on-node.ts";

let browser: EngineBrowser;

const imports = 'import { Channel, go, main, numCPU, time } from "goro";\n';

/** Runs a program whose second line is the first of `body`. */
const run = (body: string, options?: RunOptions, stopAt?: PageRequest["stopAt"]): Promise<RunResult> =>
  browser.run(imports + body, options, stopAt);

const textOf = ({ output }: RunResult): string => output.map(({ text }) => text).join("");

const reason = reasonToSkip("chromium");
if (reason !== undefined) console.log(`Skipped: the tests of site/test/worker.test.ts, because ${reason}`);

describe("the worker", { skip: reason !== undefined }, () => {
  before(async () => {
    browser = await EngineBrowser.open();
  });
  after(() => browser[Symbol.asyncDispose]());

  test("returns output with virtual times, the exit code and the trace", async () => {
    const result = await run(
      'main(async () => { console.log("a"); await time.sleep(1000); console.error("b"); process.stdout.write("c"); });',
    );
    assert.deepEqual(result.output, [
      { stream: "stdout", text: "a\n", at: 0 },
      { stream: "stderr", text: "b\n", at: 1000 },
      { stream: "stdout", text: "c", at: 1000 },
    ]);
    assert.deepEqual([result.ending, result.code, result.notices], ["exited", 0, []]);
    assert.deepEqual([result.trace?.clock, result.trace?.ending, result.trace?.dropped], ["virtual", "returned", 0]);
  });

  test("a deadlock is reported with the lines of the program", async () => {
    const result = await run("main(async () => {\n  const jobs = new Channel<number>();\n  await jobs.receive();\n});");
    assert.equal(result.code, 2);
    assert.match(result.report, /^fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 \[chan receive\]/);
    assert.match(result.report, /main\.ts:4:\d+/);
    assert.equal(result.trace?.channels[0]?.name, "jobs");
  });

  test("a main that awaits a promise that never settles is a deadlock", async () => {
    const result = await run("main(() => new Promise(() => undefined));");
    assert.equal(result.code, 2);
    assert.match(result.report, /^fatal error: all goroutines are asleep/);
  });

  test("a panic ends the program with exit code 2 and names the line", async () => {
    const result = await run('main(async () => {\n  throw new Error("no paper");\n});');
    assert.equal(result.code, 2);
    assert.match(result.report, /^panic: no paper\n\ngoroutine 1 \[running\]:\n\tat main\.ts:3:\d+|main\.ts:3/);
  });

  test("an error outside of main ends the program with exit code 1", async () => {
    const result = await run('throw new Error("early");');
    assert.equal(result.code, 1);
    assert.match(result.report, /^Uncaught Error: early/);
  });

  test("a program without main ends when nothing is left to run", async () => {
    const result = await run('setTimeout(() => console.log("later"), 10);');
    assert.deepEqual([textOf(result), result.code], ["later\n", 0]);
  });

  test("a listener of beforeExit can start more, and one of exit can write and choose the code", async () => {
    const result = await run(`
      let rounds = 0;
      process.on("beforeExit", () => ++rounds < 3 && setTimeout(() => console.log(rounds), 200));
      process.on("exit", (code) => { console.log("exit", code); process.exit(7); });
      console.log("begun");`);
    assert.deepEqual([textOf(result), result.code, result.ending], ["begun\n1\n2\nexit 0\n", 7, "exited"]);
  });

  test("an error in a listener of exit is reported, and the run ends", async () => {
    const result = await run('process.on("exit", () => { throw new Error("late"); });');
    assert.deepEqual([result.code, result.ending], [1, "exited"]);
    assert.match(result.report, /^Uncaught Error: late/);
  });

  test("an endless loop is stopped, its line is named, and output and trace are kept", async () => {
    const result = await run('main(async () => {\n  console.log("before");\n  while (true) {}\n});', {
      loopLimit: 100,
    });
    assert.deepEqual([result.ending, result.line, textOf(result)], ["loop", 4, "before\n"]);
    assert.match(result.notices[0] ?? "", /line 4/);
    assert.ok((result.trace?.events.length ?? 0) > 0);
  });

  test("an endless loop of waits that never leave the program is stopped, although it catches errors", async () => {
    const result = await run("main(async () => {\n  for (;;) try { for (;;) await null; } catch {}\n});", {
      loopLimit: 100,
    });
    assert.deepEqual([result.ending, result.line], ["loop", 3]);
  });

  test("a program without end stops on request, and keeps output and trace", async () => {
    const result = await run(
      'main(async () => {\n  for (let i = 0; ; i++) { await time.sleep(1); if (i === 6000) console.log("begun"); }\n});',
      {},
      "output",
    );
    assert.deepEqual([result.ending, result.code, textOf(result)], ["stopped", null, "begun\n"]);
    assert.ok((result.trace?.dropped ?? 0) > 0);
  });

  test("a loop that is stopped by its guard during the grace of a stop ends as a loop", async () => {
    const result = await run(
      'main(() => {\n  console.log("begun");\n  while (true) {}\n});',
      { loopLimit: 100 },
      "output",
    );
    assert.deepEqual([result.ending, result.line, result.notices.length, textOf(result)], ["loop", 4, 1, "begun\n"]);
    assert.ok(result.trace !== null);
  });

  test("a stop before the first output gives a result, too", async () => {
    const result = await run("main(async () => {\n  for (;;) await time.sleep(1);\n});", {}, "start");
    assert.deepEqual([result.ending, result.code], ["stopped", null]);
  });

  test("a program that does not let the worker stop is terminated", async () => {
    const program =
      'main(() => { console.log("begun"); console.log("later"); const f = (): void => void Promise.resolve().then(f); f(); return new Promise(() => {}); });';
    const result = await run(program, {}, 1000);
    assert.deepEqual([result.ending, result.trace, textOf(result)], ["terminated", null, "begun\nlater\n"]);
  });

  test("output is kept although the program is terminated in a call of native code, or while it still writes", async () => {
    const body = (last: string): string =>
      `main(() => { for (let i = 1; i <= 500; i++) console.log(i); ${last}; return new Promise(() => {}); });`;
    const [native, flood] = await Promise.all([
      run(body('console.log(/^(a+)+$/.test("a".repeat(60) + "b"))'), {}, 1000),
      run(body("const f = (): void => { console.log(0); void Promise.resolve().then(f); }; f()"), {}, 1000),
    ]);
    assert.deepEqual([native.ending, textOf(native).split("\n").slice(-3)], ["terminated", ["499", "500", ""]]);
    assert.equal(flood.ending, "terminated");
    assert.ok(flood.output.length > 1000, `${flood.output.length} pieces`);
  });

  test("the limits of events and output are named in notices", async () => {
    const program = 'main(async () => { for (let i = 0; i < 100; i++) console.log("a line"); });';
    const limited = await run(program, { eventLimit: 10, outputLimit: 50 });
    assert.deepEqual([limited.trace?.events.length, limited.notices.length, limited.code], [10, 2, 0]);
    assert.match(limited.notices.join(" "), /longer than 50 characters.*first 10 events; 91 later/);
    const many = await run(program.replace("100", "6000"));
    assert.match(many.notices.join(" "), /first 5,000 events; 1,001 later/);
    assert.equal((await run(program.replace("100", "6000"), { eventLimit: 10_000 })).notices.length, 0);
  });

  test("random numbers depend on the seed, and the number of processors does not depend on the machine", async () => {
    const program = "main(() => console.log(Math.random(), numCPU()));";
    const [a, b, c] = await Promise.all([1, 1, 2].map(async (seed) => textOf(await run(program, { seed }))));
    assert.equal(a, b);
    assert.notEqual(a, c);
    assert.match(a ?? "", / 4\n$/);
  });

  test("a mistake in the text rejects with its message", async () => {
    await assert.rejects(run("const x = ;"), /Unexpected token/);
  });

  const torture = fileURLToPath(new URL("programs/torture.ts", import.meta.url));
  for (const seed of [1, 2, 3, 4, 5]) {
    test(`every construct resumes in its goroutine, seed ${seed}`, async () => {
      const source = await readFile(torture, "utf8");
      const [node, page] = await Promise.all([
        runOnNode(torture, seed),
        browser.run(source, { seed, eventLimit: 1_000_000 }),
      ]);
      assert.deepEqual(
        compareRuns(node, { code: page.code, stdout: textOf(page), stderr: page.report, trace: page.trace }),
        [],
      );
    });
  }
});
