// Programs that are blocked forever, and their reports. Each was run in Go as well: the first line, the word in brackets and the exit
// code are Go's.

import { describe, expect, test } from "@jest/globals";
import { runSource } from "../support/programs.ts";

const imports = 'import { Channel, context, go, main, receive, select, send, time, WaitGroup } from "goro";\n';
const fatal = "fatal error: all goroutines are asleep - deadlock!\n\n";
const hint = "\nSet GORO_DEBUG=1 to list each goroutine with where it was started and where it waits.\n";
const debug = { GORO_DEBUG: "1" };

/** Returns the text with the position of each frame shortened to the line in the program. */
function shortFrames(report: string): string {
  return report.replaceAll(/at (?:async )?(?:(\S+) )?\(?[^\s(]*main\.ts:(\d+):\d+\)?/g, "at $1 line $2");
}

// R66
describe("by default", () => {
  test.concurrent.each([
    ["a send without a receiver", "await new Channel<number>().send(1)", "chan send"],
    // Timers without a waiter wake no goroutine.
    ["a receive", "new time.Ticker(1); new time.Timer(60_000); await new Channel().receive()", "chan receive"],
    ["a loop over a channel that is never closed", "for await (const _ of new Channel());", "chan receive"],
    [
      "a select",
      "const ch = new Channel(); await select({ a: receive(ch), b: send(ch, 1), c: receive(null) })",
      "select",
    ],
    ["a select without cases", "await select({})", "select (no cases)"],
    ["a group that is never done", "const wg = new WaitGroup(); wg.add(1); await wg.wait()", "sync.WaitGroup.Wait"],
    ["a promise that is never resolved", "await new Promise(() => undefined)", "await"],
  ])("the report of %s has the wait reason of Go", async (_, body, waitReason) => {
    const { code, stdout, stderr } = await runSource(`${imports}
      process.exitCode = 3;
      main(async () => {
        ${body};
      });
    `);
    expect(stderr.startsWith(`${fatal}goroutine 1 [${waitReason}]:\n`)).toBe(true);
    expect(stderr.endsWith(hint)).toBe(true);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });

  test.concurrent("several goroutines with one wait reason are counted", async () => {
    const { code, stderr } = await runSource(`${imports}
      main(async () => {
        const ch = new Channel<number>();
        for (let i = 0; i < 3; i++) go(() => ch.receive());
        await ch.receive();
      });
    `);
    expect(stderr).toBe(`${fatal}goroutine 1 [chan receive]:\n\nand 3 more [chan receive]\n${hint}`);
    expect(code).toBe(2);
  });

  test.concurrent("several goroutines with different wait reasons are counted by wait reason", async () => {
    const { code, stderr } = await runSource(`${imports}
      main(async () => {
        const ch = new Channel<number>();
        const full = new Channel<number>(2);
        const wg = new WaitGroup();
        for (let i = 0; i < 5; i++) wg.go(() => full.send(i));
        go(() => ch.receive());
        go(() => select([receive(ch), receive(ch)]));
        await time.sleep(1);
        await wg.wait();
      });
    `);
    expect(stderr).toBe(
      `${fatal}waiting: 3 [chan send], 1 [chan receive], 1 [select], 1 [sync.WaitGroup.Wait]\n${hint}`,
    );
    expect(code).toBe(2);
  });

  test.concurrent("goroutine 1 is not reported with the wait reason of another goroutine", async () => {
    const { code, stderr } = await runSource(`${imports}
      main(async () => {
        go(() => new Channel().receive());
        await new Promise(() => undefined);
      });
    `);
    expect(stderr).toContain("[chan receive]");
    expect(stderr).not.toContain("goroutine 1 [chan receive]");
    expect(code).toBe(2);
  });
});

describe("with GORO_DEBUG=1", () => {
  // R66
  test.concurrent("the report lists each goroutine exactly", async () => {
    const { code, stderr } = await runSource(
      `import { Channel, go, main, receive, select, send, WaitGroup } from "goro";
const foreign = () => new Promise<void>((resolve) => setTimeout(resolve, 1));
const never = new Channel<number>();
const full = new Channel<number>(1);
const other = new Channel<number>();
async function sender() {
  await full.send(1);
  await foreign();
  await deeper();
}
async function deeper() {
  await foreign();
  await full.send(2);
}
async function ranger() {
  for await (const v of never)
    console.log(v);
}
async function selector() {
  const ended = new Channel<number>();
  go(function ends() { ended.close(); });
  await select({ ended: receive(ended), never: receive(never) });
  await select({ never: receive(never), other: send(other, 1) });
}
async function single() {
  await select({ other: send(other, 1) });
}
async function stuck() {
  await foreign();
  await new Promise(() => undefined);
}
main(async function boss() {
  const wg = new WaitGroup();
  wg.go(sender);
  go(ranger);
  await foreign();
  go(async function parent() {
    await foreign();
    go(selector);
    wg.go(stuck);
  });
  await foreign();
  go(single);
  await Promise.all([
    wg.wait(),
    select([]),
  ]);
});
`,
      debug,
    );
    expect(shortFrames(stderr)).toBe(`${fatal}goroutine 1 [sync.WaitGroup.Wait]: boss
	at boss line 45

goroutine 1 [select (no cases)]: boss
	at boss line 46

goroutine 2 [chan send]: sender
	at deeper line 13
	at sender line 9
created by goroutine 1 boss
	at boss line 34

goroutine 3 [chan receive]: ranger
	at ranger line 16
created by goroutine 1 boss
	at boss line 35

goroutine 5 [chan send]: single
	at single line 26
created by goroutine 1 boss
	at boss line 43

goroutine 6 [select]: selector
	at selector line 23
created by goroutine 4 parent
	at parent line 39

goroutine 7 [await]: stuck
	external promise
created by goroutine 4 parent
	at parent line 40
`);
    expect(code).toBe(2);
  });

  test.concurrent("a select of one channel that is null waits as Go does for a nil channel", async () => {
    const { stderr } = await runSource(
      `${imports} main(async () => {
        go(() => select({ a: receive(null) }));
        go(() => select({ a: send(null, 1) }));
        await select({ a: receive(null), b: send(null, 1) });
      });`,
      debug,
    );
    expect(stderr.match(/^goroutine .*(?=:)/gm)).toEqual([
      "goroutine 1 [select]",
      "goroutine 2 [chan receive (nil chan)]",
      "goroutine 3 [chan send (nil chan)]",
    ]);
  });

  test.concurrent(
    "a goroutine that was started by a timer is not reported as created by an unrelated goroutine",
    async () => {
      const { stderr } = await runSource(
        `${imports} main(async function boss() {
        go(async function stranger() {
          await time.sleep(20);
          await new Promise(() => undefined);
        });
        await new Promise((resolve) => setImmediate(resolve));
        time.afterFunc(40, async function late() {
          await new Channel().receive();
        });
        await new Promise(() => undefined);
      });`,
        debug,
      );
      expect(stderr).toMatch(/^goroutine \d \[chan receive\]: late$/m);
      expect(stderr).not.toContain("created by goroutine 2 stranger");
    },
  );

  test.concurrent("the report handles any name of a function, and deep stacks", async () => {
    const { code, stderr } = await runSource(
      `${imports}
      const named = (name: unknown) =>
        Object.defineProperty(() => new Channel().receive(), "name", { value: name });
      const hostile = Object.defineProperty(() => new Channel().receive(), "name", {
        get() {
          throw new Error("no name");
        },
      });
      function dig(depth: number): Promise<unknown> {
        return depth === 0 ? new Channel().send(1) : dig(depth - 1);
      }
      main(async () => {
        go(() => dig(5_000));
        go(named(Symbol("name")));
        go(named({ toString: null }));
        go(hostile);
        go(named("a\\n\\ngoroutine 99 [running]:"));
        await select({});
      });`,
      debug,
    );
    expect(stderr.match(/^goroutine \d+ \[[^\]]*\]/gm)).toEqual([
      "goroutine 1 [select (no cases)]",
      "goroutine 2 [chan send]",
      "goroutine 3 [chan receive]",
      "goroutine 4 [chan receive]",
      "goroutine 5 [chan receive]",
      "goroutine 6 [chan receive]",
    ]);
    expect(stderr).toMatch(/^\tat dig \(.*main\.ts:11:/m);
    expect(code).toBe(2);
  });

  test.concurrent("the report handles a program with its own Error.prepareStackTrace", async () => {
    const { code, stderr } = await runSource(
      `${imports}
      Error.prepareStackTrace = (_, sites) => sites;
      main(async () => {
        go(() => new Channel().receive());
        await select({});
      });`,
      debug,
    );
    expect(stderr.match(/^goroutine \d+ \[[^\]]*\]/gm)).toEqual([
      "goroutine 1 [select (no cases)]",
      "goroutine 2 [chan receive]",
    ]);
    expect(code).toBe(2);
  });

  test.concurrent("10,000 goroutines are all listed", async () => {
    const { code, stderr } = await runSource(
      `${imports}
      async function taker(ch: Channel<number>) {
        await ch.receive();
      }
      main(async () => {
        const ch = new Channel<number>();
        for (let i = 0; i < 10_000; i++) go(taker, ch);
        await select({});
      });`,
      debug,
    );
    expect(stderr.match(/^goroutine \d+ \[chan receive\]: taker\n\tat taker/gm)).toHaveLength(10_000);
    expect(stderr.match(/^created by goroutine 1\n/gm)).toHaveLength(10_000);
    expect(code).toBe(2);
  });
});

test.concurrent(
  "a deadlock is not reported while a timer, a socket, a process or a thread can still wake a goroutine",
  async () => {
    const ending = await runSource(`${imports}
    import { spawn } from "node:child_process";
    import { readFile } from "node:fs/promises";
    import { connect, createServer, type AddressInfo } from "node:net";
    import { Worker } from "node:worker_threads";

    main(async () => {
      const events = new Channel<string>();
      const from = (name: string) => () => void events.send(name);
      const print = async () => console.log((await events.receive()).value);

      await time.sleep(30);
      await time.after(30).receive();
      const ticker = new time.Ticker(15);
      for (let i = 0; i < 2; i++) await ticker.c.receive();
      time.afterFunc(30, from("call"));
      await print();
      const [ctx] = context.withTimeout(context.background(), 30);
      await ctx.done().receive();
      setTimeout(from("timeout"), 30);
      await print();

      const server = createServer((socket) => socket.end("x")).listen(0, "127.0.0.1", () => {
        const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
        socket.on("data", from("socket"));
        socket.on("close", () => server.close());
      });
      await print();
      spawn(process.execPath, ["-e", "setTimeout(() => {}, 30)"]).on("close", from("process"));
      await print();
      new Worker("setTimeout(() => {}, 30)", { eval: true }).on("exit", from("thread"));
      await print();
      void readFile(new URL(import.meta.url)).then(from("file"));
      await print();
    });
  `);
    expect(ending).toEqual({ code: 0, stdout: "call\ntimeout\nsocket\nprocess\nthread\nfile\n", stderr: "" });
  },
);
