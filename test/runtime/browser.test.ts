// The library without Node. The process and setImmediate are missing, so that the scheduler waits for turns with a MessageChannel.

import { fileURLToPath } from "node:url";
import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";
import { describe, expect, test } from "@jest/globals";
import { runSource } from "../support/programs.ts";

test.concurrent.each([
  ["process does not exist", "undefined"],
  ["a bundler has replaced process by an object", `{ env: { NODE_ENV: "test" }, browser: true, on() {} }`],
])("everything works if %s", async (_, process) => {
  const { code, stdout, stderr } = await runSource(`
    const node = process;
    const print = (...words: unknown[]) => node.stdout.write(words.join(" ") + "\\n");
    const mistake = new Error("mistake");
    node.on("uncaughtException", (error) => {
      print("thrown to the host:", error.message);
      if (error === mistake) node.exit(0);
    });
    const host = globalThis as Record<string, unknown>;
    for (const name of ["process", "setImmediate", "clearImmediate", "Buffer", "global"]) delete host[name];
    const shim = ${process};
    if (shim !== undefined) host.process = shim;
    const turns: unknown[] = [];
    host.MessageChannel = class extends MessageChannel {
      constructor() {
        super();
        turns.push(this);
      }
    };

    const { Channel, context, go, gosched, main, numCPU, receive, select, time, WaitGroup } = await import("goro");
    print("message channels", turns.length);

    Object.defineProperty(globalThis, "navigator", { value: { hardwareConcurrency: 3 }, configurable: true });
    print("processors", numCPU());
    Object.defineProperty(globalThis, "navigator", { value: undefined });
    print("processors", numCPU());

    try {
      context.notifyContext(context.background(), "SIGINT");
    } catch (error) {
      print(error);
    }

    main(async () => {
      const jobs = new Channel<number>(2);
      const results = new Channel<number>();
      const wg = new WaitGroup();
      const worker = async () => {
        for await (const job of jobs) {
          await gosched();
          await results.send(job * job);
        }
      };
      for (let i = 0; i < 3; i++) wg.go(worker);
      go(async () => {
        for (let i = 1; i <= 1_000; i++) await jobs.send(i);
        jobs.close();
        await wg.wait();
        results.close();
      });
      let sum = 0;
      for await (const result of results) sum += result;
      print("sum", sum);

      const [ctx, cancel] = context.withTimeout(context.background(), 5);
      const s = await select({ done: receive(ctx.done()), late: receive(time.after(60_000)) });
      cancel();
      print(s.case, ctx.err()!.message);

      // Enough values that the scheduler closes, and the host must open it again.
      const ping = new Channel<number>();
      go(async () => {
        for await (const v of ping) if (v === 20_000) return;
      });
      for (let v = 1; v <= 20_000; v++) await ping.send(v);
      await time.sleep(1);
      print("played", turns.length);

      setTimeout(() => go(() => Promise.reject(mistake)), 1);
      throw new Error("main is lost");
    });
  `);
  expect(stderr).toBe("");
  expect(stdout.split("\n")).toEqual([
    "message channels 0",
    "processors 3",
    "processors 1",
    "TypeError: context.notifyContext: the host has no process signals",
    "sum 333833500",
    "done context deadline exceeded",
    "played 2",
    "thrown to the host: main is lost",
    "thrown to the host: mistake",
    "",
  ]);
  expect(code).toBe(0);
});

/** Returns a script that defines `goro`: all exports of the library and its other entry points. */
async function script(): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: 'export * from "./index.ts"; export * from "./testing/testing.ts"; export * from "./trace/trace.ts";',
      resolveDir: fileURLToPath(new URL("../../src", import.meta.url)),
      loader: "ts",
    },
    bundle: true,
    write: false,
    format: "iife",
    globalName: "goro",
    define: { "import.meta.url": "''" },
  });
  return (outputFiles[0] as { text: string }).text;
}

// 1.20
describe("a host that has only the language", () => {
  test("loads all entry points", async () => {
    const host = createContext({});
    runInContext(await script(), host);
    expect(runInContext("typeof goro.Channel + typeof goro.bubble + typeof goro.record", host)).toBe(
      "functionfunctionfunction",
    );
  });

  test.each([
    ["setTimeout alone, as in a UI test environment", { setTimeout, clearTimeout }],
    [
      "a clock that stands still, as in edge runtimes",
      { setTimeout, clearTimeout, MessageChannel, performance: { now: () => 0 } },
    ],
    ["a process object without functions", { setTimeout, clearTimeout, MessageChannel, process: { env: {} } }],
  ])("runs goroutines, and lets timers run, with %s", async (_, functions) => {
    const host = createContext({ ...functions });
    runInContext(await script(), host);
    const play = `(async () => {
      const { Channel, go, gosched, time } = goro;
      let isOver = false;
      setTimeout(() => (isOver = true), 10);
      const ch = new Channel();
      go(async () => {
        for await (const _ of ch);
      });
      for (let i = 0; i < 20_000_000 && !isOver; i++) await ch.send(1);
      ch.close();
      await gosched();
      time.afterFunc(60_000, () => undefined).stop();
      return isOver;
    })()`;
    expect(await (runInContext(play, host) as Promise<boolean>)).toBe(true);
  });
});
