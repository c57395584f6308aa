import { describe, expect, test } from "@jest/globals";
import { context } from "goro";
import { runSource } from "../support/programs.ts";

// Mirrors os/signal's NotifyContext. The tests run separate programs, because a signal is sent to a process.
describe("notify", () => {
  test("cancels the context at the first signal; until stop, later signals do not end the process", async () => {
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
        // Only the context keeps this process alive until the signal arrives, and this is not a deadlock.
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

  test("has Go's message for each signal, and ignores signals that were not passed", async () => {
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
    // Go's messages on Linux: see syscall/zerrors_linux_amd64.go.
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

  test("keeps the process alive only until its context is canceled", async () => {
    const program = await runSource(`
      import { context, time } from "goro";
      const [stopped, stop] = context.notifyContext(context.background(), "SIGINT");
      const [timed] = context.notifyContext(context.withTimeout(context.background(), 10)[0], "SIGINT");
      const [parent, cancel] = context.withCancel(context.background());
      cancel();
      const [derived] = context.notifyContext(parent, "SIGINT");
      console.log(String(derived.err()));
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
    ["an unknown signal", ["SIGNOPE"]],
    ["SIGKILL, which cannot be caught", ["SIGKILL"]],
    ["SIGSTOP, which cannot be caught", ["SIGSTOP"]],
    ["an unknown signal after a known one", ["SIGINT", "SIGNOPE"]],
    ["the name of a method of Object", ["SIGINT", "toString"]],
    ["a number", [2 as unknown as string]],
    ["undefined", [undefined as unknown as string]],
  ])("refuses %s, and adds no listener", (_, signals) => {
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
