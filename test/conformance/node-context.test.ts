// Go's tests of signal.NotifyContext, from signal_test.go and example_unix_test.go of os/signal. Where a signal is sent,
// the tests run separate programs, because a signal is sent to a whole process.

import { expect, test } from "@jest/globals";
import { context, WaitGroup } from "goro";
import { inBubble } from "../support/contexts.ts";
import { runSource } from "../support/programs.ts";

const { background, notifyContext: notify, withCancel, withCancelCause } = context;

// R116
test.each([
  ["once", 1],
  ["multiple", 10],
])("TestNotifyContextNotifications: a SIGINT that arrives %s cancels the context, not the program", async (_, n) => {
  const program = await runSource(`
    import { context, main, time, WaitGroup } from "goro";
    main(async () => {
      const [ctx] = context.notifyContext(context.background(), "SIGINT");
      const wg = new WaitGroup();
      for (let i = 0; i < ${n}; i++) wg.go(() => process.kill(process.pid, "SIGINT"));
      await wg.wait();
      await ctx.done().receive();
      console.log(context.cause(ctx)?.message);
      console.log("received SIGINT");
      // Signals that arrive later must not end the program, because stop has not been called.
      await time.sleep(100 * time.millisecond);
    });
  `);
  expect(program).toEqual({ code: 0, stdout: "interrupt signal received\nreceived SIGINT\n", stderr: "" });
});

// R100, R118
test("TestNotifyContextStop: stop cancels the context without a cause and removes the signal listener", () =>
  inBubble(() => {
    const before = process.listenerCount("SIGHUP");
    const [parent, cancelParent] = withCancel(background());
    const [c, stop] = notify(parent, "SIGHUP");
    expect(process.listenerCount("SIGHUP")).toBe(before + 1);
    stop();
    expect(c.done().tryReceive()).toEqual({ value: undefined, ok: false });
    expect(c.err()).toBeInstanceOf(context.Canceled);
    expect(context.cause(c)).toBe(c.err());
    expect(process.listenerCount("SIGHUP")).toBe(before);
    expect(parent.err()).toBeUndefined();
    cancelParent();
  }));

// R101, R117
test("TestNotifyContextCancelParent: the context is canceled with its parent, and has its cause", () =>
  inBubble(async () => {
    const [parent, cancelParent] = withCancelCause(background());
    const parentCause = new Error("parent canceled");
    const [c, stop] = notify(parent, "SIGINT");
    cancelParent(parentCause);
    await c.done().receive();
    expect(c.err()).toBeInstanceOf(context.Canceled);
    expect(context.cause(c)).toBe(parentCause);
    stop();
    expect(context.cause(c)).toBe(parentCause);
  }));

// R104
test("TestNotifyContextPrematureCancelParent: a child of a canceled parent is created canceled, with the cause", () =>
  inBubble(() => {
    const before = process.listenerCount("SIGINT");
    const [parent, cancelParent] = withCancelCause(background());
    const parentCause = new Error("parent canceled");
    cancelParent(parentCause);
    const [c, stop] = notify(parent, "SIGINT");
    expect(c.done().tryReceive()).toEqual({ value: undefined, ok: false });
    expect(c.err()).toBeInstanceOf(context.Canceled);
    expect(context.cause(c)).toBe(parentCause);
    stop();
    expect(process.listenerCount("SIGINT")).toBe(before);
  }));

// R100
test("TestNotifyContextSimultaneousStop: stop may be called by many goroutines", () =>
  inBubble(async () => {
    const before = process.listenerCount("SIGINT");
    const [c, stop] = notify(background(), "SIGINT");
    const wg = new WaitGroup();
    for (let i = 0; i < 10; i++) wg.go(stop);
    await wg.wait();
    await c.done().receive();
    expect(c.err()).toBeInstanceOf(context.Canceled);
    expect(process.listenerCount("SIGINT")).toBe(before);
  }));

// R115
test("TestNotifyContextStringer: its string contains the parent and the signal names of Go", () =>
  inBubble(() => {
    const [parent, cancelParent] = withCancel(background());
    const [three, stopThree] = notify(parent, "SIGHUP", "SIGINT", "SIGTERM");
    const [one, stopOne] = notify(background(), "SIGINT");
    const printed = [three, one].map(String);
    for (const end of [stopThree, stopOne, cancelParent]) end();
    expect(printed).toEqual([
      "signal.NotifyContext(context.Background.WithCancel, [hangup interrupt terminated])",
      "signal.NotifyContext(context.Background, [interrupt])",
    ]);
  }));

// R116. Go's issue 77639.
test("TestNotifyContextCause: after a signal, both err and cause are a Canceled", async () => {
  const program = await runSource(`
    import { context, defer, main } from "goro";
    main(async () => {
      const [ctx, stop] = context.notifyContext(context.background(), "SIGINT");
      using _ = defer(stop);
      process.kill(process.pid, "SIGINT");
      await ctx.done().receive();
      console.log(ctx.err() instanceof context.Canceled, context.cause(ctx) instanceof context.Canceled);
    });
  `);
  expect(program).toEqual({ code: 0, stdout: "true true\n", stderr: "" });
});

// R100, R111
test("ExampleNotifyContext: a waiting function returns when the signal arrives", async () => {
  const program = await runSource(`
    import { Channel, context, defer, main, receive, select } from "goro";
    main(async () => {
      const neverReady = new Channel<void>();
      const [ctx, stop] = context.notifyContext(context.background(), "SIGINT");
      using _ = defer(stop);
      process.kill(process.pid, "SIGINT");
      const s = await select({ ready: receive(neverReady), done: receive(ctx.done()) });
      switch (s.case) {
        case "ready":
          console.log("ready");
          break;
        case "done":
          console.log(ctx.err()?.message);
          stop();
      }
    });
  `);
  expect(program).toEqual({ code: 0, stdout: "context canceled\n", stderr: "" });
});
