// Programs under `main` that wait for an event of the host, although nothing keeps the process alive for that event.

import { describe, expect, test } from "@jest/globals";
import { runSource } from "../support/programs.ts";

const imports =
  'import { Channel, context, Cond, go, main, Mutex, receive, select, Semaphore, send, time } from "goro";\n';

// 1.9: the host does not keep a process alive for AbortSignal.timeout.
describe("a program that waits for AbortSignal.timeout is not a deadlock", () => {
  test.concurrent.each([
    ["of its context", "await ctx.done().receive();"],
    ["of a parent", "await context.withCancel(ctx)[0].done().receive();"],
    ["of a grandparent", "await context.withValue(context.withTimeout(ctx, 60_000)[0], {}, 1).done().receive();"],
    ["in a select", "await select({ done: receive(ctx.done()), never: send(new Channel(), 1) });"],
    ["in a goroutine", "await new Promise<void>((resolve) => go(() => ctx.done().receive().then(() => resolve())));"],
    ["by afterFunc", "const ch = new Channel(); context.afterFunc(ctx, () => ch.close()); await ch.receive();"],
    [
      "by a semaphore",
      "const sem = new Semaphore(1); await sem.acquire(1); await sem.acquire(1, { ctx }).catch(() => undefined);",
    ],
    [
      "by the signal of a child",
      "const { signal } = context.withCancel(ctx)[0]; await new Promise((r) => signal.addEventListener('abort', r));",
    ],
  ])("%s", async (_, wait) => {
    const ending = await runSource(`${imports}
      main(async () => {
        const ctx = context.fromSignal(AbortSignal.timeout(120));
        ${wait}
        console.log(ctx.err()?.message);
      });
    `);
    expect(ending).toEqual({ code: 0, stdout: "context deadline exceeded\n", stderr: "" });
  });
});

describe("a deadlock is reported", () => {
  test.concurrent.each([
    ["beside a signal that has aborted", "context.fromSignal(AbortSignal.abort()); await new Channel().receive();"],
    [
      "beside a signal without a waiter",
      "const ctx = context.fromSignal(new AbortController().signal); await new Channel().receive(); ctx.err();",
    ],
    [
      "once the signal has aborted",
      "const ctx = context.fromSignal(AbortSignal.timeout(60)); await ctx.done().receive(); await new Channel().receive();",
    ],
  ])("%s", async (_, wait) => {
    const { code, stderr } = await runSource(`${imports} main(async () => { ${wait} });`);
    expect(stderr).toMatch(/^fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 \[chan receive\]:\n/);
    expect(code).toBe(2);
  });
});
