// Go's own tests of channels and goroutines that need whole programs: programs that must not compile, and programs that
// fail. The first lines, the words in brackets and the exit codes are Go's.

import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import ts from "typescript";
import { runSource } from "../support/programs.ts";

// The files that all programs import are parsed once.
const parsed = new Map<string, ts.SourceFile | undefined>();

/** The lines of `source` in which the compiler finds errors; the first is 1. */
function linesWithErrors(source: string): number[] {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const { config } = ts.readConfigFile(`${root}tsconfig.json`, (path) => ts.sys.readFile(path)) as { config: unknown };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const name = `${root}test/conformance/program.ts`;
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (path) => path === name || fileExists.call(host, path);
  host.readFile = (path) => (path === name ? source : readFile.call(host, path));
  host.getSourceFile = (path, ...rest) => {
    if (path === name) return ts.createSourceFile(path, source, ts.ScriptTarget.ES2022);
    if (!parsed.has(path)) parsed.set(path, getSourceFile.call(host, path, ...rest));
    return parsed.get(path);
  };
  const compiled = ts.createProgram([name], { ...options, noUnusedLocals: false, noUnusedParameters: false }, host);
  const file = compiled.getSourceFile(name);
  const errors = [...compiled.getSyntacticDiagnostics(file), ...compiled.getSemanticDiagnostics(file)];
  const lines = errors.map((error) => source.slice(0, error.start).split("\n").length);
  return [...new Set(lines)].sort((a, b) => a - b);
}

/** Go's errorcheck: the compiler finds errors in the lines that say ERROR, and in no others. */
function errorcheck(source: string): void {
  const lines = source.split("\n");
  const marked = lines.flatMap((line, i) => (line.endsWith("// ERROR") ? [i + 1] : []));
  const show = (list: readonly number[]): string[] => list.map((line) => `${line}: ${String(lines[line - 1]).trim()}`);
  expect(show(linesWithErrors(source))).toEqual(show(marked));
}

describe("programs that must not compile", () => {
  // T-C05; R6, R7
  test("chan/perm.go: each end has the operations of its direction, and neither is the channel or the other", () => {
    errorcheck(`
      import { Channel, receive, type ReceiveChannel, select, send, type SendChannel } from "goro";

      let c = new Channel<number>();
      let cr: ReceiveChannel<number> = c; // ok
      let cs: SendChannel<number> = c; // ok
      declare const n: number;

      async function main(): Promise<void> {
        cr = c; // ok
        cs = c; // ok
        c = cr; // ERROR
        c = cs; // ERROR
        cr = cs; // ERROR
        cs = cr; // ERROR

        await n.receive(); // ERROR
        await n.send(2); // ERROR

        await c.send(0); // ok
        await c.receive(); // ok
        let { value: x, ok } = await c.receive(); // ok

        await cr.send(0); // ERROR
        await cr.receive(); // ok
        ({ value: x, ok } = await cr.receive()); // ok

        await cs.send(0); // ok
        await cs.receive(); // ERROR
        ({ value: x, ok } = await cs.receive()); // ERROR

        await select([
          send(c, 0), // ok
          receive(c), // ok
          send(cr, 0), // ERROR
          receive(cr), // ok
          send(cs, 0), // ok
          receive(cs), // ERROR
        ]);

        for await (const _ of cs) { // ERROR
        }
        for await (x of cs) { // ERROR
        }

        c.close();
        cs.close();
        cr.close(); // ERROR
        n.close(); // ERROR
      }
    `);
  });

  // R6
  test("fixedbugs/bug249.go: the ends of channels of channels are ends of the same channels", () => {
    errorcheck(`
      import { type Channel, type ReceiveChannel, type SendChannel } from "goro";

      declare const sendsChannels: SendChannel<Channel<number>>;
      declare const receivesChannels: ReceiveChannel<Channel<number>>;
      declare const channelOfReceivers: Channel<ReceiveChannel<number>>;
      declare const channelOfSenders: Channel<SendChannel<number>>;
      declare const receivesReceivers: ReceiveChannel<ReceiveChannel<number>>;
      declare const sendsReceivers: SendChannel<ReceiveChannel<number>>;

      export const c1: SendChannel<Channel<number>> = sendsChannels;
      export const c3: ReceiveChannel<Channel<number>> = receivesChannels;
      export const c4: Channel<SendChannel<number>> = channelOfSenders;
      export const c5: ReceiveChannel<ReceiveChannel<number>> = receivesReceivers;
      export const c6: SendChannel<ReceiveChannel<number>> = sendsReceivers;
      export const c7: SendChannel<Channel<number>> = channelOfReceivers; // ok: a channel is such an end
      export const r1: Channel<ReceiveChannel<number>> = sendsChannels; // ERROR
      export const r2: Channel<Channel<number>> = channelOfReceivers; // ERROR
      export const r3: ReceiveChannel<Channel<number>> = channelOfReceivers; // ERROR
    `);
  });
});

const imports = `
  import { Channel, defer, go, gosched, main, numGoroutine, PanicError, select, time, WaitGroup } from "goro";
`;
const fatal = "fatal error: all goroutines are asleep - deadlock!\n";

describe("a program with all goroutines blocked forever ends with exit code 2", () => {
  // T-G04 is Go's test that a signal listener does not count as a goroutine that can run.
  const programs: [string, string][] = [
    // T-G04; R14, R66
    [
      "fixedbugs/issue21576.go: a single send, beside a signal listener",
      `process.on("SIGHUP", () => undefined);
       main(async () => {
         const c = new Channel<number>();
         await c.send(1);
       });`,
    ],
    // R49, R66
    ["TestSimpleDeadlock: a select without cases", "main(() => select({}));"],
    // R49, R66
    [
      "TestLockedDeadlock2: two selects without cases",
      `main(async () => {
         go(() => select({}));
         await time.sleep(time.millisecond);
         await select({});
       });`,
    ],
    // R38, R66
    [
      "nil.go: a loop over a nil channel",
      `import { context } from "goro";
       main(async () => {
         for await (const _ of context.background().done());
       });`,
    ],
  ];

  test.concurrent.each(programs)("%s", async (_, body) => {
    const { code, stdout, stderr } = await runSource(imports + body);
    expect(stderr.slice(0, fatal.length)).toBe(fatal);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });
});

// R64
describe("a panic ends the program with exit code 2, and with Go's words", () => {
  const programs: [string, string, string, RegExp][] = [
    [
      "TestMainGoroutineID: the main goroutine is number 1",
      `main(() => { throw new Error("test"); });`,
      "",
      /^panic: test\n\ngoroutine 1 \[running\]:\n/,
    ],
    [
      "TestRecursivePanic: a recovered panic is not printed, a later one is",
      `main(() => {
         try {
           try {
             throw new Error("bad");
           } catch (error) {
             throw new Error("wrap: " + (error as Error).message);
           }
         } catch (error) {
           console.log((error as Error).message);
         }
         throw new Error("again");
       });`,
      "wrap: bad\n",
      /^panic: again\n\n/,
    ],
    [
      "TestRecursivePanic2: a deferred call may panic after another has recovered",
      `main(() => {
         try {
           using _ = defer(() => { throw new Error("second panic"); });
           try {
             throw new Error("first panic");
           } catch (error) {
             console.log((error as Error).message);
           }
         } catch (error) {
           console.log((error as Error).message);
         }
         throw new Error("third panic");
       });`,
      "first panic\nsecond panic\n",
      /^panic: third panic\n\n/,
    ],
    [
      "TestRecursivePanic3: a panic that a deferred call recovers from does not hide the first panic",
      `main(() => {
         using _ = defer(() => {
           try {
             throw new Error("second panic");
           } catch {}
         });
         throw new Error("first panic");
       });`,
      "",
      /^panic: first panic\n\n/,
    ],
    [
      "TestDoublePanicWithSameValue: an error that is thrown again is printed once",
      `main(() => {
         const e = new Error("message");
         try {
           throw e;
         } catch (error) {
           throw error;
         }
       });`,
      "",
      /^panic: message\n(?![^]*message)/,
    ],
    [
      "TestPanicRace: it is printed although the end of its goroutine lets main return",
      `main(async () => {
         const wg = new WaitGroup();
         wg.add(1);
         go(async function PanicRace() {
           using _ = defer(() => wg.done());
           throw new Error("crash");
         });
         await wg.wait();
       });`,
      "",
      /^panic: crash\n\ngoroutine 2 \[running\]:\n/,
    ],
    [
      "TestNoHelperGoroutines: timers are not goroutines and are not printed",
      `main(() => {
         time.afterFunc(time.hour, () => undefined);
         throw new Error("oops");
       });`,
      "",
      /^panic: oops\n\ngoroutine 1 \[running\]:\n(?![^]*goroutine \d)/,
    ],
    [
      "TestPanicDeadlockGosched: an error may yield to other goroutines while it is printed",
      `class ErrorThatYields extends Error {
         override get message() {
           void gosched();
           return "errorThatGosched";
         }
       }
       main(() => { throw new ErrorThatYields(); });`,
      "",
      /^panic: errorThatGosched\n\n/,
    ],
    [
      "TestPanicDeadlockSyscall: an error may print output while it is printed",
      `class ErrorThatPrints extends Error {
         override get message() {
           if (printing) console.log("printed");
           printing = false;
           return "3";
         }
       }
       // The engine also reads the message when the error is constructed.
       let printing = false;
       main(() => {
         const error = new ErrorThatPrints();
         printing = true;
         throw error;
       });`,
      "printed\n",
      /^panic: 3\n\n/,
    ],
    [
      "TestPanicLoop: an error whose message panics is printed without its message",
      `class ErrorThatPanics extends Error {
         override get message(): string {
           throw new Error("double error");
         }
       }
       main(() => { throw new ErrorThatPanics(); });`,
      "",
      /^panic: .*\n\ngoroutine 1 \[running\]:\n/,
    ],
  ];

  test.concurrent.each(programs)("%s", async (_, body, printed, report) => {
    const { code, stdout, stderr } = await runSource(imports + body);
    expect(stderr).toMatch(report);
    expect({ code, stdout }).toEqual({ code: 2, stdout: printed });
  });
});

// R63
test.concurrent("TestNumGoroutine: a program begins with one goroutine", async () => {
  const ending = await runSource(`${imports} main(() => console.log(numGoroutine()));`);
  expect(ending).toEqual({ code: 0, stdout: "1\n", stderr: "" });
});

// R63
test.concurrent("TestGoNil: a program that passes a non-function to go ends at once", async () => {
  const { code, stdout, stderr } = await runSource(`${imports}
    main(async () => {
      const f = undefined as unknown as () => void;
      go(f);
      await select({});
    });
  `);
  expect(stderr).toMatch(/^panic: TypeError: go: f must be a function, got undefined\n\ngoroutine 1 \[running\]:\n/);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
});
