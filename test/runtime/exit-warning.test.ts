// The output of a program without `main` that ends while goroutines wait: with GORO_DEBUG=1 a warning, otherwise nothing.

import { describe, expect, test } from "@jest/globals";
import { runSource } from "../support/programs.ts";

const hint = "Set GORO_DEBUG=1 to list each goroutine with where it was started and where it waits.\n";

function warning(count: number, reasons: string): string {
  return `goro: process exiting with ${count} goroutines still blocked: ${reasons}\n`;
}

describe("without GORO_DEBUG=1, a program that ends while goroutines wait", () => {
  test.concurrent("prints nothing, keeps its exit code, and has no listeners on the process", async () => {
    const ending = await runSource(`
      const before = process.eventNames().length;
      const { Channel, go, receive, select, send, WaitGroup } = await import("goro");
      const ch = new Channel<number>();
      const wg = new WaitGroup();
      wg.add(1);
      go(() => wg.wait());
      go(() => select({ a: receive(ch), b: send(ch, 1) }));
      await new Promise((resolve) => setTimeout(resolve, 1));
      process.exitCode = 3;
      console.log(process.eventNames().length - before);
    `);
    expect(ending).toEqual({ code: 3, stdout: "0\n", stderr: "" });
  });

  test.concurrent("prints nothing from goro either if the module itself waits at the top level", async () => {
    const { code, stderr } = await runSource(`
      import { Channel } from "goro";
      for await (const v of new Channel<number>()) console.log(v);
    `);
    expect(stderr).not.toContain("goro:");
    // Node's own exit code for a module that never ends.
    expect(code).toBe(13);
  });

  // C27: the turn that the scheduler requests does not keep the process alive.
  test.concurrent("ends, although it uses the library on each beforeExit", async () => {
    const ending = await runSource(`
      import { Channel, Mutex } from "goro";
      const mutex = new Mutex();
      const ch = new Channel<number>(1);
      let ends = 0;
      process.on("beforeExit", async () => {
        ends++;
        await mutex.lock();
        mutex.unlock();
        await ch.send(1);
        await ch.receive();
        console.log("done");
      });
      process.on("exit", () => console.log("ends", ends));
    `);
    expect(ending).toEqual({ code: 0, stdout: "done\nends 1\n", stderr: "" });
  });

  test.concurrent(
    "ends later if it awaits a turn of the event loop on beforeExit, and the turn takes place",
    async () => {
      const ending = await runSource(`
      import { gosched } from "goro";
      process.once("beforeExit", async () => {
        await gosched();
        console.log("turned");
      });
    `);
      expect(ending).toEqual({ code: 0, stdout: "turned\n", stderr: "" });
    },
  );
});

describe("with GORO_DEBUG=1, a program that ends while goroutines wait", () => {
  test.concurrent("warns once, with the wait reasons and their numbers, and keeps its exit code", async () => {
    const { code, stdout, stderr } = await runSource(
      `
      import { Channel, go, receive, select, send, WaitGroup } from "goro";
      const ch = new Channel<number>();
      const full = new Channel<number>(1);
      const wg = new WaitGroup();
      wg.add(1);
      go(() => wg.wait());
      go(() => select({ a: receive(ch), b: send(ch, 1) }));
      for (let i = 0; i < 3; i++) go(() => full.send(i));
      go(() => select({}));

      let turns = 0;
      process.on("beforeExit", () => {
        if (turns++ < 3) setTimeout(() => go(() => select({})), 1);
      });
      process.exitCode = 3;
      console.log("module");
    `,
      { GORO_DEBUG: "1" },
    );
    expect({ code, stdout }).toEqual({ code: 3, stdout: "module\n" });
    expect(
      stderr.startsWith(warning(5, "2 [chan send], 1 [select], 1 [select (no cases)], 1 [sync.WaitGroup.Wait]")),
    ).toBe(true);
    expect(stderr.match(/^goro: /gm)).toHaveLength(1);
  });

  test.concurrent("lists each goroutine with where it was started and where it waits", async () => {
    const { code, stderr } = await runSource(
      `import { Channel, go } from "goro";
const ch = new Channel<number>();
async function reader() {
  await new Promise((resolve) => setTimeout(resolve, 1));
  await ch.receive();
}
go(function parent() {
  go(reader);
});
void ch.receive();
`,
      { GORO_DEBUG: "1" },
    );
    expect(code).toBe(0);
    expect(stderr.startsWith(warning(2, "2 [chan receive]"))).toBe(true);
    expect(stderr).toMatch(/^goroutine 1 \[chan receive\]:\n\tat .*main\.ts:10:/m);
    expect(stderr).toMatch(
      /^goroutine 3 \[chan receive\]: reader\n\tat .*main\.ts:5:.*\n(\t.*\n)*created by goroutine 2 parent\n\tat .*main\.ts:8:/m,
    );
    expect(stderr).not.toContain(hint);
  });

  test.concurrent("still reports a deadlock after its warning", async () => {
    const { code, stderr } = await runSource(
      `
      import { Channel, main } from "goro";
      void new Channel().receive();
      process.once("beforeExit", () => setTimeout(() => main(() => new Channel().send(1)), 1));
    `,
      { GORO_DEBUG: "1" },
    );
    expect(stderr).toContain("fatal error: all goroutines are asleep - deadlock!");
    expect(code).toBe(2);
  });
});

test.concurrent(
  "a program that ends without waiting goroutines prints nothing, also if goroutines have waited before",
  async () => {
    const ending = await runSource(
      `
    import { Channel, context, go, receive, select, send, time, WaitGroup } from "goro";
    const ch = new Channel<number>();
    const other = new Channel<number>(2);
    const wg = new WaitGroup();

    wg.go(async () => {
      for await (const v of ch) if (v === 2) break;
    });
    wg.go(async () => {
      for (let i = 0; i < 3; i++) await ch.send(i).catch(() => undefined);
    });
    wg.go(async () => {
      const [ctx, cancel] = context.withTimeout(context.background(), 5);
      await select({ a: receive(other), b: send(new Channel<number>(), 1), done: receive(ctx.done()) });
      cancel();
    });
    wg.go(() => time.sleep(5));
    await wg.wait();

    // A step of a loop that was left, and a send that was rejected.
    const steps = ch[Symbol.asyncIterator]();
    const step = steps.next();
    await steps.return!();
    await step;
    const rejecting = new Channel<number>();
    const sending = rejecting.send(1);
    rejecting.close();
    await sending.catch(() => undefined);

    // Values without a receiver, and a ticker and a goroutine without a waiter.
    await other.send(1);
    new time.Ticker(1_000);
    go(() => new Promise(() => undefined));
  `,
      { GORO_DEBUG: "1" },
    );
    expect(ending).toEqual({ code: 0, stdout: "", stderr: "" });
  },
);
