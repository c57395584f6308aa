// Errors that escape a goroutine: which listeners receive them, the output, and the end of the program.

import { PanicError } from "goro";
import { describe, expect, test } from "@jest/globals";
import { formatPanic } from "../../src/runtime/panic.ts";
import { runSource } from "../support/programs.ts";

const imports = 'import { Channel, go, gosched, main, numGoroutine, PanicError, time, WaitGroup } from "goro";\n';

// R64
describe("a panic under main ends the program with exit code 2", () => {
  test.concurrent("from a goroutine: ends it immediately, prints its causes, and runs no other goroutine", async () => {
    const { code, stdout, stderr } = await runSource(`${imports}
      class NotFound extends TypeError {
        override name = "NotFound";
      }
      function fail(): never {
        throw new NotFound("no such job", { cause: new Error("no such row", { cause: "a broken disk" }) });
      }
      main(async () => {
        process.exitCode = 7;
        process.on("exit", () => console.log("exit"));
        setInterval(() => over && console.log("survived"), 1);
        go(async () => {
          // The turn in which it happens may still be finished.
          for (let turns = 0; ; turns += Number(over)) {
            await gosched();
            if (turns > 0) console.log("survived");
          }
        });
        let over = false;
        await gosched();
        go(async function worker() {
          await gosched();
          console.log("before");
          over = true;
          fail();
        });
        try {
          await new Channel().receive();
        } finally {
          console.log("unwound");
        }
      });
    `);
    expect(stderr).toMatch(
      /^panic: NotFound: no such job\n\ngoroutine 3 \[running\]:\n\tat fail \(.*main\.ts:7:.*\)\n(\tat .*\n)+caused by: no such row\n(\tat .*\n)+caused by: a broken disk\n$/,
    );
    expect(stdout).toBe("before\nexit\n");
    expect(code).toBe(2);
  });

  test.concurrent("from main itself: ends it after the listeners for uncaught errors, whatever they do", async () => {
    const { code, stdout, stderr } = await runSource(`${imports}
      const listener = (name: string) => (error: unknown, origin: string) => {
        console.log(name, error instanceof PanicError, origin);
        if (name === "second") throw new Error("a listener is broken");
      };
      process.on("uncaughtException", listener("first"));
      process.once("uncaughtException", listener("second"));
      process.on("uncaughtException", listener("third"));
      process.on("uncaughtExceptionMonitor", listener("monitor"));
      main(async function boss() {
        const ch = new Channel<number>(1);
        ch.close();
        await ch.send(1);
      });
    `);
    expect(stderr).toMatch(
      /^panic: send on closed channel\n\ngoroutine 1 \[running\]:\n(\tat .*\n)*\tat boss \(.*main\.ts:14:/,
    );
    expect(stderr.match(/^panic: .*/gm)).toEqual(["panic: send on closed channel", "panic: a listener is broken"]);
    const lines = ["monitor", "first", "second", "third"].map((name) => `${name} true uncaughtException\n`);
    expect({ code, stdout }).toEqual({ code: 2, stdout: lines.join("") });
  });

  test.concurrent("from a main that is not an async function", async () => {
    const { code, stderr } = await runSource(`${imports} main(() => new WaitGroup().done());`);
    expect(stderr).toMatch(/^panic: sync: negative WaitGroup counter\n\ngoroutine 1 \[running\]:\n\tat /);
    expect(code).toBe(2);
  });

  test.concurrent("only the first panic is reported, even if others follow in the same turn", async () => {
    const { code, stdout, stderr } = await runSource(`${imports}
      main(async () => {
        go(() => {
          for (let i = 0; i < 100_000; i++) console.log("line " + i);
          throw new Error("first");
        });
        go(() => Promise.reject(new Error("second")));
        go(async () => {
          await gosched();
          throw new Error("third");
        });
        await new Channel().receive();
      });
    `);
    expect(stderr.match(/^panic: .*/gm)).toEqual(["panic: first"]);
    expect(stdout.endsWith("line 99999\n")).toBe(true);
    expect(code).toBe(2);
  });

  test.concurrent("with GORO_DEBUG=1 the report shows where the goroutine was started", async () => {
    const { code, stderr } = await runSource(
      `import { Channel, go, gosched, main } from "goro";
main(async function boss() {
  const ch = new Channel<number>();
  await gosched();
  go(async function parent() {
    await gosched();
    go(async function child() {
      await ch.send(1);
    });
    await gosched();
    ch.close();
  });
  await new Promise(() => undefined);
});
`,
      { GORO_DEBUG: "1" },
    );
    expect(stderr).toMatch(
      /^panic: send on closed channel\n\ngoroutine 3 \[running\]:\n(\tat .*\n)+created by goroutine 2 parent\n\tat parent \(.*main\.ts:7:\d+\)\n$/,
    );
    expect(code).toBe(2);
  });
});

// R64
describe("without main, a panic is an uncaught exception", () => {
  test.concurrent("Node prints it and ends the process with exit code 1, before other code runs", async () => {
    const { code, stdout, stderr } = await runSource(`${imports}
      process.exitCode = 3;
      process.on("exit", (code) => console.log("exit", code));
      process.on("uncaughtExceptionMonitor", (error, origin) => console.log("monitor", error.message, origin));
      const ch = new Channel<number>();
      go(() => ch.send(1));
      go(() => ch.send(2));
      setTimeout(() => {
        ch.close();
        setTimeout(() => console.log("survived"), 20);
      }, 1);
    `);
    expect(stderr).toContain("PanicError: send on closed channel");
    expect(stderr).not.toMatch(/^(panic:|goroutine)/m);
    const stdouts = "monitor send on closed channel uncaughtException\nexit 1\n";
    expect({ code, stdout }).toEqual({ code: 1, stdout: stdouts });
  });

  test.concurrent(
    "it is thrown although the microtask functions of the host are fakes, which run nothing",
    async () => {
      const ending = await runSource(`
      const fake = () => undefined;
      globalThis.queueMicrotask = fake;
      process.nextTick = fake;
      process.on("uncaughtException", (error) => console.log(error.message));
      const { go } = await import("goro");
      go(() => Promise.reject(new Error("lost")));
    `);
      expect(ending).toEqual({ code: 0, stdout: "lost\n", stderr: "" });
    },
  );

  test.concurrent("listeners receive the original errors, and the process continues", async () => {
    const ending = await runSource(`${imports}
      const caught: unknown[] = [];
      process.on("uncaughtException", (error) => caught.push(error));
      const circular: Record<string, unknown> = {};
      circular.self = circular;
      const thrown = [
        new PanicError("panic"),
        new TypeError("type"),
        new (class Custom extends Error {})("custom"),
        "text",
        undefined,
        null,
        circular,
        Object.create(null),
      ];
      for (const value of thrown) go(async () => {
        throw value;
      });
      await time.sleep(1);
      console.log(caught.length === thrown.length && caught.every((value, i) => Object.is(value, thrown[i])));
      console.log(numGoroutine());
    `);
    expect(ending).toEqual({ code: 0, stdout: "true\n1\n", stderr: "" });
  });

  test.concurrent("a capture callback, which replaces the listeners, receives them too", async () => {
    const ending = await runSource(`${imports}
      process.setUncaughtExceptionCaptureCallback((error) => console.log(error.message));
      go(() => Promise.reject(new Error("captured")));
      setTimeout(() => console.log("alive"), 1);
    `);
    expect(ending).toEqual({ code: 0, stdout: "captured\nalive\n", stderr: "" });
  });

  test.concurrent("the parent of a worker thread receives the panic of its worker", async () => {
    const ending = await runSource(`${imports}
      import { isMainThread, Worker, workerData } from "node:worker_threads";
      if (isMainThread) {
        const start = "import('tsx/esm/api').then((tsx) => { tsx.register(); return import(process.argv[2]); })";
        const worker = new Worker(start, { eval: true, argv: [import.meta.url] });
        worker.on("error", (error) => console.log("parent:", error instanceof RangeError, error.message));
        worker.on("exit", (code) => setTimeout(() => console.log("parent lives on", code), 1));
      } else {
        go(async () => {
          throw new RangeError("lost");
        });
        setTimeout(() => console.log("worker survived"), 60_000);
      }
    `);
    expect(ending).toEqual({ code: 0, stdout: "parent: true lost\nparent lives on 1\n", stderr: "" });
  });
});

describe("the report", () => {
  class Custom extends Error {
    override name = "Custom";
  }
  const circular: Record<string, unknown> = {};
  circular["self"] = circular;

  test.each([
    ["a panic has Go's message", new PanicError("close of closed channel"), "close of closed channel"],
    ["an Error has its message", new Error("went wrong"), "went wrong"],
    ["another error has its name before the message", new TypeError("no function"), "TypeError: no function"],
    ["a custom error has its name too", new Custom("went wrong"), "Custom: went wrong"],
    ["a string is unchanged", "went wrong", "went wrong"],
    ["undefined has its name", undefined, "undefined"],
    ["null has its name", null, "null"],
    ["a bigint is a number", 10n, "10"],
    ["a symbol has its description", Symbol("s"), "Symbol(s)"],
    ["an object is JSON", { code: 7, text: "x" }, '{"code":7,"text":"x"}'],
    ["a circular object has its string form", circular, "[object Object]"],
    ["an object without a prototype is JSON as well", Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
  ])("%s", (_, value: unknown, message) => {
    expect(formatPanic(value, 9, "").split("\n\n")[0]).toBe(`panic: ${message}`);
    expect(formatPanic(value, 9, "created by\n")).toMatch(/\n\ngoroutine 9 \[running\]:\n(\t.*\n)*created by\n$/);
  });

  test("a cyclic chain of causes is printed once", () => {
    const first = new Error("first");
    const second = new Error("second", { cause: first });
    first.cause = second;
    expect(formatPanic(first, 1, "").match(/^(panic|caused by): .*/gm)).toEqual(["panic: first", "caused by: second"]);
  });

  test("a stack in the format of other engines is read, too", () => {
    const error = new Error("x");
    error.stack = "inner@http://h/a.js:1:2\nasync*outer@http://h/a.js:3:4\n@http://h/b.js:5:6\n";
    expect(formatPanic(error, 1, "")).toBe(
      "panic: x\n\ngoroutine 1 [running]:\n" +
        "\tinner@http://h/a.js:1:2\n\tasync*outer@http://h/a.js:3:4\n\t@http://h/b.js:5:6\n",
    );
  });

  const hostile = (): never => {
    throw new Error("hostile");
  };
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();

  test.each([
    ["a stack of call sites", Object.assign(new Error("x"), { stack: [{}] }), "x"],
    ["a stack that throws", Object.defineProperty(new Error("x"), "stack", { get: hostile }), "x"],
    ["a name that is a symbol", Object.assign(new Error("x"), { name: Symbol("s") }), "x"],
    ["a cause that throws", Object.defineProperty(new Error("x"), "cause", { get: hostile }), "x"],
    ["a message that throws", Object.defineProperty(new Error("x"), "message", { get: hostile }), ""],
    ["a tag that throws", Object.defineProperty({ toJSON: hostile }, Symbol.toStringTag, { get: hostile }), ""],
    ["a revoked proxy", revoked.proxy, ""],
  ])("any thrown value is printed: %s", (_, value: unknown, text) => {
    const report = formatPanic(value, 1, "");
    expect(report).toMatch(/^panic: .*\n\ngoroutine 1 \[running\]:\n/);
    expect(report).toContain(text);
  });
});
