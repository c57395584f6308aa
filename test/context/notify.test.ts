import { describe, expect, test } from "@jest/globals";
import { context } from "goro";
import { runSource } from "../support/programs.ts";

// Mirrors os/signal's NotifyContext. Programs of their own, because the signals are sent to a whole process.
describe("notify", () => {
  test("ends the context at the first signal; the signals are the program's until stop, and then they kill again", async () => {
    const program = await runSource(`
      import { spawn } from "node:child_process";
      import { context, main, time } from "goro";
      main(async () => {
        const before = process.listenerCount("SIGINT");
        const key = context.key<string>("key");
        const parent = context.withValue(context.background(), key, "value");
        const [ctx, stop] = context.notifyContext(parent, "SIGINT", "SIGTERM");
        const [child] = context.withCancel(ctx);
        console.log(ctx.value(key), ctx.err(), ctx.signal.aborted);
        // Nothing but the context keeps this process alive until the signal comes, and it is no deadlock.
        spawn("sh", ["-c", \`sleep 0.1; kill -INT \${process.pid}\`], { stdio: "ignore" }).unref();
        await child.done().receive();
        const cause = context.cause(child);
        console.log(String(child.err()), "/", cause?.message, cause instanceof context.Canceled, ctx.signal.reason === cause);
        process.kill(process.pid, "SIGTERM");
        await time.sleep(50);
        console.log("alive:", context.cause(ctx) === cause);
        stop();
        stop();
        console.log(process.listenerCount("SIGINT") - before);
        process.kill(process.pid, "SIGINT");
        await time.sleep(60_000);
        console.log("not reached");
      });
    `);
    expect(program).toEqual({
      code: null,
      stdout: [
        "value undefined false",
        "AbortError: context canceled / interrupt signal received true true",
        "alive: true",
        "0",
        "",
      ].join("\n"),
      stderr: "",
    });
  });

  test("has Go's words for each signal, and hears only those that it was told", async () => {
    const program = await runSource(`
      import { context, time } from "goro";
      const [other, stopOther] = context.notifyContext(context.background(), "SIGTTIN");
      const signals = ["SIGHUP", "SIGQUIT", "SIGUSR2", "SIGTERM", "SIGPIPE", "SIGALRM", "SIGCONT", "SIGWINCH", "SIGURG"];
      for (const signal of signals as NodeJS.Signals[]) {
        const [ctx, stop] = context.notifyContext(context.background(), signal);
        process.kill(process.pid, signal);
        await ctx.done().receive();
        console.log(context.cause(ctx)?.message);
        stop();
      }
      console.log(other.err());
      stopOther();
      console.log(String(context.cause(other)));
    `);
    expect(program.stderr).toBe("");
    expect(program.code).toBe(0);
    // The words are Go's on Linux: see syscall/zerrors_linux_amd64.go.
    expect(program.stdout.split("\n")).toEqual([
      "hangup signal received",
      "quit signal received",
      "user defined signal 2 signal received",
      "terminated signal received",
      "broken pipe signal received",
      "alarm clock signal received",
      "continued signal received",
      "window changed signal received",
      "urgent I/O condition signal received",
      "undefined",
      "AbortError: context canceled",
      "",
    ]);
  });

  test("keeps the process alive no longer than its context lives", async () => {
    const program = await runSource(`
      import { context, time } from "goro";
      const [stopped, stop] = context.notifyContext(context.background(), "SIGINT");
      const [timed] = context.notifyContext(context.withTimeout(context.background(), 10)[0], "SIGINT");
      const [parent, cancel] = context.withCancel(context.background());
      cancel();
      const [stillborn] = context.notifyContext(parent, "SIGINT");
      console.log(String(stillborn.err()));
      let scoped = context.background();
      {
        const [ctx, end] = context.notifyContext(context.background(), "SIGINT");
        using _ = end;
        scoped = ctx;
      }
      console.log(String(scoped.err()));
      await timed.done().receive();
      console.log(String(timed.err()));
      setTimeout(stop, 5);
      await stopped.done().receive();
      console.log(String(stopped.err()));
    `);
    expect(program).toEqual({
      code: 0,
      stdout: [
        "AbortError: context canceled",
        "AbortError: context canceled",
        "TimeoutError: context deadline exceeded",
        "AbortError: context canceled",
        "",
      ].join("\n"),
      stderr: "",
    });
  });

  // R115
  test("a context prints the signals that it waits for", () => {
    const [ctx, stop] = context.notifyContext(context.todo(), "SIGINT", "SIGTERM");
    expect(String(ctx)).toBe("signal.NotifyContext(context.TODO, [interrupt terminated])");
    expect(String(context.withCancel(ctx)[0])).toBe(`${String(ctx)}.WithCancel`);
    stop();
  });

  test.each([
    ["no signal", []],
    ["an unknown one", ["SIGNOPE"]],
    ["one that nobody can catch", ["SIGKILL"]],
    ["another that nobody can catch", ["SIGSTOP"]],
    ["an unknown one after a known one", ["SIGINT", "SIGNOPE"]],
    ["a name that every object has", ["SIGINT", "toString"]],
    ["a number", [2 as unknown as string]],
    ["nothing", [undefined as unknown as string]],
  ])("refuses %s, and listens to nothing", (_, signals) => {
    const [parent] = context.withCancel(context.background());
    const before = process.listenerCount("SIGINT");
    expect(() => context.notifyContext(parent, ...signals)).toThrow(TypeError);
    expect(process.listenerCount("SIGINT")).toBe(before);
    const [, stop] = context.notifyContext(parent, "SIGINT", "SIGINT");
    expect(process.listenerCount("SIGINT")).toBeGreaterThan(before);
    stop();
    expect(process.listenerCount("SIGINT")).toBe(before);
  });
});
