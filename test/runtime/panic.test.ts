// Errors that escape a goroutine: which listeners get them, what is printed, and how the program ends.

import { PanicError } from "goro";
import { describe, expect, test } from "@jest/globals";
import { formatPanic } from "../../src/runtime/panic.ts";
import { runSource } from "../support/programs.ts";

const imports = 'import { Channel, go, gosched, main, numGoroutine, PanicError, time, WaitGroup } from "goro";\n';

// R64
describe("a panic under main ends the program with exit code 2", () => {
  test.concurrent("from a goroutine, at once, with its causes, and no other goroutine goes on", async () => {
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

  test.concurrent("from main itself, after the listeners for uncaught errors, whatever they do", async () => {
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

  test.concurrent("from a main that is no async function", async () => {
    const { code, stderr } = await runSource(`${imports} main(() => new WaitGroup().done());`);
    expect(stderr).toMatch(/^panic: sync: negative WaitGroup counter\n\ngoroutine 1 \[running\]:\n\tat /);
    expect(code).toBe(2);
  });

  test.concurrent("and it is one panic alone, though others follow in the same breath", async () => {
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

  test.concurrent("with GORO_DEBUG=1 it tells where the goroutine was started", async () => {
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
describe("without main, a panic is an uncaught exception like any other", () => {
  test.concurrent("Node prints it and ends the process with exit code 1, before anything else runs", async () => {
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

  test.concurrent("it is thrown although the microtasks of the host are fakes, which never run", async () => {
    const ending = await runSource(`
      const fake = () => undefined;
      globalThis.queueMicrotask = fake;
      process.nextTick = fake;
      process.on("uncaughtException", (error) => console.log(error.message));
      const { go } = await import("goro");
      go(() => Promise.reject(new Error("lost")));
    `);
    expect(ending).toEqual({ code: 0, stdout: "lost\n", stderr: "" });
  });

  test.concurrent("listeners get the very errors, and the process lives on", async () => {
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

  test.concurrent("so does a capture callback, which takes the listeners' place", async () => {
    const ending = await runSource(`${imports}
      process.setUncaughtExceptionCaptureCallback((error) => console.log(error.message));
      go(() => Promise.reject(new Error("captured")));
      setTimeout(() => console.log("alive"), 1);
    `);
    expect(ending).toEqual({ code: 0, stdout: "captured\nalive\n", stderr: "" });
  });

  test.concurrent("the parent of a worker thread hears of its worker's panic", async () => {
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
    ["a panic is Go's sentence", new PanicError("close of closed channel"), "close of closed channel"],
    ["an Error is its message", new Error("went wrong"), "went wrong"],
    ["another error has its name before it", new TypeError("no function"), "TypeError: no function"],
    ["so does one of the program's own", new Custom("went wrong"), "Custom: went wrong"],
    ["a string is itself", "went wrong", "went wrong"],
    ["undefined is named", undefined, "undefined"],
    ["null is named", null, "null"],
    ["a bigint is a number", 10n, "10"],
    ["a symbol is named", Symbol("s"), "Symbol(s)"],
    ["an object is JSON", { code: 7, text: "x" }, '{"code":7,"text":"x"}'],
    ["a circular object is what it can be", circular, "[object Object]"],
    ["an object without a prototype is JSON as well", Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
  ])("%s", (_, value: unknown, sentence) => {
    expect(formatPanic(value, 9, "").split("\n\n")[0]).toBe(`panic: ${sentence}`);
    expect(formatPanic(value, 9, "created by\n")).toMatch(/\n\ngoroutine 9 \[running\]:\n(\t.*\n)*created by\n$/);
  });

  test("a chain of causes that bites its own tail is told once", () => {
    const first = new Error("first");
    const second = new Error("second", { cause: first });
    first.cause = second;
    expect(formatPanic(first, 1, "").match(/^(panic|caused by): .*/gm)).toEqual(["panic: first", "caused by: second"]);
  });

  test("a stack is read as other engines write it, too", () => {
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
    ["a proxy that was revoked", revoked.proxy, ""],
  ])("it is printed whatever was thrown: %s", (_, value: unknown, word) => {
    const report = formatPanic(value, 1, "");
    expect(report).toMatch(/^panic: .*\n\ngoroutine 1 \[running\]:\n/);
    expect(report).toContain(word);
  });
});
