import { EventEmitter } from "node:events";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { Channel, context, fromEvents, go, gosched, select, time, WaitGroup } from "goro";
import { ignoreLeaks, bubble, expectNoLeaks, LeakDetector, type TestHooks } from "goro/testing";
import { runSource } from "../support/programs.ts";

// The tests of this file leak on purpose, and check it themselves.
beforeEach(ignoreLeaks);

/** Runs `body` as a test of a suite that expects no leaks. */
async function runTest(body: () => unknown): Promise<void> {
  const before: (() => void)[] = [];
  const after: (() => Promise<void>)[] = [];
  expectNoLeaks({ beforeEach: (f) => before.push(f), afterEach: (f) => after.push(f) });
  for (const f of before) f();
  await body();
  for (const f of after) await f();
}

/** Returns the message with which such a test fails, or "" if it passes. */
async function failureOf(body: () => unknown): Promise<string> {
  const error = await runTest(body).then(
    () => undefined,
    (reason: unknown) => reason as Error,
  );
  return error?.message.replaceAll(/goroutine [2-9]\d*|goroutine 1\d+/g, "goroutine N") ?? "";
}

describe("a test that leaves nothing behind passes", () => {
  test.each<[string, () => unknown]>([
    ["it does nothing", () => undefined],
    [
      "all its goroutines have ended",
      async () => {
        const ch = new Channel<number>();
        go(() => ch.send(1));
        await ch.receive();
      },
    ],
    ["a goroutine exits two turns later", () => go(() => gosched().then(gosched))],
    ["its timers have been stopped", () => time.afterFunc(60_000, () => undefined).stop()],
    ["a ticker without receivers needs no stop", () => new time.Ticker(1)],
    ["its contexts have been canceled", () => context.withTimeout(context.background(), 60_000)[1]()],
    [
      "its listeners have been removed",
      () => {
        const [ctx, cancel] = context.withCancel(context.background());
        fromEvents(new EventTarget(), "tick", { ctx });
        context.notifyContext(ctx, "SIGUSR2")[1]();
        cancel();
      },
    ],
    [
      "a bubble that failed has left goroutines behind",
      () => bubble(() => new Channel().receive()).catch(() => undefined),
    ],
  ])("%s", async (_, body) => {
    expect(await failureOf(body)).toBe("");
  });
});

describe("a test fails that leaves behind", () => {
  test.each<[string, () => () => unknown, string]>([
    [
      "a goroutine that waits",
      () => {
        const ch = new Channel<number>();
        go(async function worker() {
          await ch.receive();
        });
        return () => ch.close();
      },
      "left behind:\n\ngoroutine N [chan receive]: worker\ncreated by goroutine 1\n",
    ],
    [
      "a goroutine that awaits an external promise",
      () => {
        let end = (): void => undefined;
        const promise = new Promise<void>((resolve) => (end = resolve));
        go(async function stranger() {
          await promise;
        });
        return end;
      },
      "left behind:\n\ngoroutine N [await]: stranger\n\texternal promise\ncreated by goroutine 1\n",
    ],
    [
      "an operation of the test itself",
      () => {
        const wg = new WaitGroup();
        wg.add(1);
        void wg.wait();
        return () => wg.done();
      },
      "left behind:\n\ngoroutine 1 [sync.WaitGroup.Wait]:\n",
    ],
    ["a select without cases", () => () => void select({}), ""],
    [
      "a scheduled call",
      () => {
        const timer = time.afterFunc(60_000, () => undefined);
        return () => timer.stop();
      },
      "left behind:\n\ntimer [time.afterFunc]\n",
    ],
    [
      "a deadline",
      () => context.withTimeout(context.background(), 60_000)[1],
      "left behind:\n\ntimer [context.withDeadline]\n",
    ],
    [
      "a listener on an EventTarget",
      () => {
        const [ctx, cancel] = context.withCancel(context.background());
        fromEvents(new EventTarget(), "tick", { ctx });
        return cancel;
      },
      "left behind:\n\nlistener [tick]\n",
    ],
    [
      "listeners on an emitter, for the events and for their end",
      () => {
        const [ctx, cancel] = context.withCancel(context.background());
        fromEvents(new EventEmitter(), "data", { ctx, endEvent: "close" });
        return cancel;
      },
      "left behind:\n\nlistener [data]\n\nlistener [close]\n\nlistener [error]\n",
    ],
    [
      "a listener on signals of the process",
      () => context.notifyContext(context.background(), "SIGUSR2", "SIGHUP")[1],
      "left behind:\n\ntimer [context.notifyContext]\n\nlistener [SIGUSR2 SIGHUP]\n",
    ],
  ])("%s", async (_, leave, message) => {
    let mend = (): unknown => undefined;
    expect(await failureOf(() => (mend = leave()))).toBe(message);
    mend();
  });

  test("several leaks are all listed", async () => {
    const ch = new Channel<number>();
    let timer = { stop: (): unknown => undefined };
    const message = await failureOf(() => {
      timer = time.afterFunc(60_000, () => undefined);
      for (const name of ["first", "second"]) {
        go({ [name]: () => ch.receive() }[name] as () => unknown);
      }
    });
    expect(message.match(/\[.*\].*/g)).toEqual(["[chan receive]: first", "[chan receive]: second", "[time.afterFunc]"]);
    ch.close();
    timer.stop();
  });
});

test("goroutines and timers that existed before a test are not reported", async () => {
  const ch = new Channel<number>();
  const timer = time.afterFunc(60_000, () => undefined);
  go(() => ch.receive());
  await gosched();
  expect(await failureOf(() => undefined)).toBe("");
  ch.close();
  timer.stop();
});

test("a test that calls ignoreLeaks is not checked", async () => {
  const ch = new Channel<number>();
  const leaks = async (): Promise<void> => {
    ignoreLeaks();
    go(() => ch.receive());
  };
  expect(await failureOf(leaks)).toBe("");
  ch.close();
});

describe("tests that run at the same time", () => {
  /** Returns functions that call the hooks of a suite. */
  function suite(): { begin: () => void; end: () => Promise<string> } {
    const hooks = { before: (): void => undefined, after: (): Promise<void> => Promise.resolve() };
    expectNoLeaks({ beforeEach: (f) => (hooks.before = f), afterEach: (f) => (hooks.after = f) });
    const end = (): Promise<string> =>
      hooks.after().then(
        () => "",
        (error: unknown) => (error as Error).message,
      );
    return { begin: hooks.before, end };
  }

  test("are not blamed for goroutines of the others; leaks fail the last test", async () => {
    const { begin, end } = suite();
    const ch = new Channel<number>();
    begin();
    begin();
    go(async function stranger() {
      await ch.receive();
    });
    expect(await end()).toBe("");
    begin();
    expect(await end()).toBe("");
    expect(await end()).toContain("[chan receive]: stranger");
    begin();
    expect(await end()).toBe("");
    ch.close();
  });

  test("leave nothing behind if all clean up, in any order", async () => {
    const { begin, end } = suite();
    const [first, second] = [new Channel<number>(), new Channel<number>()];
    begin();
    go(() => first.receive());
    begin();
    go(() => second.receive());
    first.close();
    expect(await end()).toBe("");
    second.close();
    expect(await end()).toBe("");
  });
});

test("two leak detectors both report a listener that is left behind", async () => {
  const detectors = [new LeakDetector(), new LeakDetector()];
  const [ctx, cancel] = context.withCancel(context.background());
  fromEvents(new EventTarget(), "tick", { ctx });
  for (const detector of detectors) await expect(detector.check()).rejects.toThrow("listener [tick]");
  cancel();
});

test("a stopped leak detector reports nothing", async () => {
  const detector = new LeakDetector();
  detector.stop();
  const ch = new Channel<number>();
  void ch.receive();
  await detector.check();
  ch.close();
});

test("without hooks of a test framework, expectNoLeaks throws", () => {
  expect(() => expectNoLeaks({} as TestHooks)).toThrow(
    new TypeError("expectNoLeaks: hooks must have beforeEach and afterEach, and such globals do not exist"),
  );
});

test("with GORO_DEBUG=1 the positions are listed", async () => {
  const { stderr } = await runSource(
    `import { Channel, go } from "goro";
    import { LeakDetector } from "goro/testing";
    const detector = new LeakDetector();
    const ch = new Channel();
    go(async function worker() {
      await ch.receive();
    });
    await detector.check().catch((error) => console.error(error.message));
    ch.close();`,
    { GORO_DEBUG: "1" },
  );
  expect(stderr).toMatch(
    /^left behind:\n\ngoroutine 2 \[chan receive\]: worker\n\tat worker \(.*main\.ts:6:\d+\)\n(\tat .*\n)*created by goroutine 1\n\tat .*main\.ts:5:\d+\)?\n/,
  );
});
