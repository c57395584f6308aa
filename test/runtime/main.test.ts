// How a program under `main` begins and ends normally. deadlock.test.ts and panic.test.ts test the other ends.

import { go, main } from "goro";
import { describe, expect, test } from "@jest/globals";
import { runSource } from "../support/programs.ts";

describe("the end of main is the end of the program", () => {
  // R65
  test.concurrent("does not wait for goroutines, timers, sockets and sleeps", async () => {
    const { code, stdout, stderr } = await runSource(`
      import { createServer } from "node:net";
      import { Channel, context, go, main, PanicError, time } from "goro";

      process.on("exit", (code) => console.log("exit", code));
      main(async () => {
        console.log("main");
        go(() => new Channel().receive());
        go(async () => {
          await time.sleep(3_600_000);
          console.log("woken");
        });
        setInterval(() => undefined, 1_000);
        createServer().listen(0, "127.0.0.1");
        context.withTimeout(context.background(), 3_600_000);
        const called = new Channel();
        time.afterFunc(0, () => {
          console.log("late");
          called.close();
        });
        await called.receive();
        console.log("main returns");
      });
      try {
        main(() => console.log("the other main"));
      } catch (error) {
        console.log(error instanceof PanicError && error.message);
      }
      console.log("module");
    `);
    expect(stderr).toBe("");
    expect(stdout.split("\n")).toEqual([
      "main: another main is running",
      "module",
      "main",
      "late",
      "main returns",
      "exit 0",
      "",
    ]);
    expect(code).toBe(0);
  });

  test.concurrent("a main that is not an async function may set the exit code", async () => {
    const { code, stdout, stderr } = await runSource(`
      import { go, main } from "goro";
      main(() => {
        setInterval(() => undefined, 1_000);
        process.exitCode = 5;
      });
      console.log("module");
    `);
    expect({ code, stdout, stderr }).toEqual({ code: 5, stdout: "module\n", stderr: "" });
  });
});

// The output goes through a pipe with a slow reader, so that the program prints more than the pipe can hold.
const slowly = `
  import { execFileSync } from "node:child_process";
  import { fileURLToPath } from "node:url";
  if (process.argv[2] === undefined) {
    const command = '"$0" "$1" child 2>&1 | { dd bs=1 count=1 2>&-; sleep 0.3; cat; }';
    const args = ["-c", command, process.execPath, fileURLToPath(import.meta.url)];
    process.stdout.write(execFileSync("sh", args, { maxBuffer: 2 ** 24 }), () => process.exit());
    await new Promise(() => undefined);
  }
`;

// R65
describe("the output of a program is complete, even with a slow reader, and ends with the end of main", () => {
  test.concurrent.each(["log", "error"])("console.%s", async (print) => {
    const { code, stdout, stderr } = await runSource(`${slowly}
      import { go, gosched, main } from "goro";
      let over = false;
      main(async () => {
        go(async () => {
          // A goroutine that resumes in the turn in which main returns is as fast as main.
          for (let turns = 0; ; ) {
            await gosched();
            if (over && ++turns > 1) console.error("a goroutine runs after the end of main");
          }
        });
        await gosched();
        for (let i = 0; i < 100_000; i++) console.${print}("line " + i);
        over = true;
      });
    `);
    const lines = stdout.split("\n");
    expect(lines.slice(0, 100_000).findIndex((line, i) => line !== `line ${i}`)).toBe(-1);
    expect(lines.slice(99_999, 100_002)).toEqual(["line 99999", ""]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });
});

test.each([[undefined], [null], [{}], [Promise.resolve()]])(
  "main of %p is a TypeError, thrown by the call itself",
  (f: unknown) => {
    expect(() => main(f as () => void)).toThrow(TypeError);
    expect(() => main(f as () => void)).toThrow(`main: f must be a function, got ${String(f)}`);
  },
);

test.each([
  ["generator", function* () {}],
  ["async generator", async function* () {}],
])("a %s function, which would do nothing, is a TypeError for main and for go", (_, f) => {
  const text = (caller: string): string =>
    `${caller}: f must not be a generator function, which runs nothing when it is called; pass an async function`;
  expect(() => main(f)).toThrow(new TypeError(text("main")));
  expect(() => go(f)).toThrow(new TypeError(text("go")));
});
