// What a program without `main` says when it ends and somebody still waits.

import { describe, expect, test } from "@jest/globals";
import { runSource } from "../support/programs.ts";

const hint = "GORO_DEBUG=1 tells of each goroutine where it was started and where it waits.\n";

function warning(counts: string): string {
  return `goro: the program has ended, and nothing will ever wake what still waits: ${counts}\n`;
}

describe("a program that ends while somebody waits", () => {
  test.concurrent("warns once, names what waits and how many do, and keeps its exit code", async () => {
    const ending = await runSource(`
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
    `);
    expect(ending).toEqual({
      code: 3,
      stdout: "module\n",
      stderr: warning("2 [chan send], 1 [select], 1 [select (no cases)], 1 [sync.WaitGroup.Wait]") + hint,
    });
  });

  test.concurrent("warns when the module itself waits at the top, too", async () => {
    const { code, stdout, stderr } = await runSource(`
      import { Channel } from "goro";
      for await (const v of new Channel<number>()) console.log(v);
      console.log("never");
    `);
    expect(stderr).toContain(warning("1 [chan receive]"));
    expect(stdout).toBe("");
    // Node's own code for a module that never ends.
    expect(code).toBe(13);
  });

  test.concurrent("tells with GORO_DEBUG=1 who waits where", async () => {
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
    expect(stderr.startsWith(warning("2 [chan receive]"))).toBe(true);
    expect(stderr).toMatch(/^goroutine 1 \[chan receive\]:\n\tat .*main\.ts:10:/m);
    expect(stderr).toMatch(
      /^goroutine 3 \[chan receive\]: reader\n\tat .*main\.ts:5:.*\n(\t.*\n)*created by goroutine 2 parent\n\tat .*main\.ts:8:/m,
    );
    expect(stderr).not.toContain(hint);
  });

  test.concurrent("has not used up the report of a deadlock with its warning", async () => {
    const { code, stderr } = await runSource(`
      import { Channel, main } from "goro";
      void new Channel().receive();
      process.once("beforeExit", () => setTimeout(() => main(() => new Channel().send(1)), 1));
    `);
    expect(stderr).toContain("fatal error: all goroutines are asleep - deadlock!");
    expect(code).toBe(2);
  });
});

test.concurrent("a program that ends while nobody waits says nothing, whatever has waited before", async () => {
  const ending = await runSource(`
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

    // A step of a loop that was left, and a sender that was refused.
    const steps = ch[Symbol.asyncIterator]();
    const step = steps.next();
    await steps.return!();
    await step;
    const refused = new Channel<number>();
    const sending = refused.send(1);
    refused.close();
    await sending.catch(() => undefined);

    // Values that nobody fetched, and a ticker and a goroutine that nobody waits for.
    await other.send(1);
    new time.Ticker(1_000);
    go(() => new Promise(() => undefined));
  `);
  expect(ending).toEqual({ code: 0, stdout: "", stderr: "" });
});
