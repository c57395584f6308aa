// Complete programs in virtual time: they end as in real time, but immediately.

import { describe, expect, test } from "@jest/globals";
import { type Ending, runSource } from "../support/programs.ts";

function runVirtual(body: string, env: Record<string, string> = {}): Promise<Ending> {
  const imports = 'import { Channel, go, main, time, WaitGroup } from "goro";\nimport { now } from "goro/testing";\n';
  return runSource(imports + body, env, ["goro/testing/preload"]);
}

describe("a program in virtual time", () => {
  test.concurrent("sleeps for a day without delay, and exits when main returns, with its exit code", async () => {
    const ending = await runVirtual(`
      process.exitCode = 3;
      main(async () => {
        go(async () => {
          for (;;) await time.sleep(time.hour);
        });
        const start = now();
        await time.sleep(24 * time.hour);
        console.log((now() - start) / time.hour);
      });
    `);
    expect(ending).toEqual({ code: 3, stdout: "24\n", stderr: "" });
  });

  test.concurrent("reports a deadlock as Go does", async () => {
    const { code, stderr } = await runVirtual(`
      main(async () => {
        await time.sleep(time.hour);
        await new Channel().receive();
      });
    `);
    expect(stderr).toBe("fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 [chan receive]:\n");
    expect(code).toBe(2);
  });

  test.concurrent.each([
    ["alone", ""],
    ["while a goroutine waits for a channel", "go(async function reader() { await new Channel().receive(); });"],
    ["after a sleep", "await time.sleep(time.hour);"],
  ])("reports a deadlock of a main that waits for an external promise, %s, as in real time", async (_, start) => {
    const body = `
      main(async () => {
        ${start}
        await new Promise(() => undefined);
      });
    `;
    const { code, stdout, stderr } = await runVirtual(body);
    expect(stderr).toMatch(/^fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 \[await\]:\n/);
    if (start.startsWith("go")) expect(stderr).toMatch(/\ngoroutine 2 \[chan receive\]: reader\n/);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });

  test.concurrent("does not report a deadlock of a script without main, nor of a main that has returned", async () => {
    const plain = await runVirtual("void new Promise(() => undefined).then(() => now());");
    const returned = await runVirtual("main(() => void go(() => new Promise(() => undefined)));");
    expect([plain, returned]).toEqual(Array(2).fill({ code: 0, stdout: "", stderr: "" }));
  });

  test.concurrent("reports a panic as Go does", async () => {
    const { code, stderr } = await runVirtual(`
      main(async () => {
        go(async () => {
          await time.sleep(time.hour);
          throw new Error("boom");
        });
        await new Channel().receive();
      });
    `);
    expect(stderr).toMatch(/^panic: boom\n\ngoroutine 2 \[running\]:\n\tat .*main\.ts:7/);
    expect(code).toBe(2);
  });

  test.concurrent("runs in an order that GORO_SEED determines, the same each time", async () => {
    const program = `
      main(async () => {
        const wg = new WaitGroup();
        for (let i = 0; i < 8; i++) wg.go(async () => console.log(i));
        await wg.wait();
      });
    `;
    const outputs = [];
    for (const seed of ["1", "1", "2"]) outputs.push((await runVirtual(program, { GORO_SEED: seed })).stdout);
    expect(outputs[0]).toBe(outputs[1]);
    expect(outputs[0]).not.toBe(outputs[2]);
  });

  test.concurrent("may have no main, and exits by itself", async () => {
    const ending = await runVirtual(`
      const ch = new Channel<number>();
      go(async () => {
        await time.sleep(time.hour);
        await ch.send(1);
      });
      console.log((await ch.receive()).value);
    `);
    expect(ending).toEqual({ code: 0, stdout: "1\n", stderr: "" });
  });
});
