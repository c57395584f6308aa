// Fake timers that are installed and removed while the library runs: goro's timers follow the fakes, and continue without them.

import { describe, expect, test } from "@jest/globals";
import { runJest } from "../support/jests.ts";
import { runSource } from "../support/programs.ts";

/** For each kind of fake timers, the code that defines `install()`, `uninstall()` and `advance(ms)`. */
const node: Readonly<Record<string, string>> = {
  sinon: `
    import { createRequire } from "node:module";
    const FakeTimers = createRequire(process.cwd() + "/")("@sinonjs/fake-timers");
    let clock: any;
    const install = () => (clock = FakeTimers.install());
    const uninstall = () => clock.uninstall();
    const advance = (ms: number) => clock.tick(ms);
  `,
  "node:test": `
    import { mock } from "node:test";
    const install = () => mock.timers.enable({ apis: ["setTimeout", "setInterval", "setImmediate", "Date"], now: 1_000 });
    const uninstall = () => mock.timers.reset();
    const advance = (ms: number) => mock.timers.tick(ms);
  `,
  "setTimeout alone": `
    const host = globalThis as any;
    const real = host.setTimeout;
    let fakes: [number, () => void][] = [];
    let now = 0;
    const install = () => {
      host.setTimeout = (run: () => void, ms: number) => {
        fakes.push([now + ms, run]);
        return {};
      };
    };
    const uninstall = () => {
      host.setTimeout = real;
      fakes = [];
    };
    const advance = (ms: number) => {
      now += ms;
      const due = fakes.filter(([at]) => at <= now);
      fakes = fakes.filter(([at]) => at > now);
      for (const [, run] of due) run();
    };
  `,
};

const jests: Readonly<Record<string, string>> = {
  modern: `
    const install = () => jest.useFakeTimers();
    const uninstall = () => jest.useRealTimers();
    const advance = (ms) => jest.advanceTimersByTime(ms);
  `,
  legacy: `
    const install = () => jest.useFakeTimers({ legacyFakeTimers: true });
    const uninstall = () => jest.useRealTimers();
    const advance = (ms) => jest.advanceTimersByTime(ms);
  `,
};

/** A case fails if it throws. `later(ms)` uses the real time. */
const cases: Readonly<Record<string, string>> = {
  "a timer that is left behind under fakes does not stop other timers": `
    const { time } = await load();
    await time.sleep(1);
    install();
    // Longer than all cases together take: a timer of the real time that goes off under fakes sets the clock forward.
    time.afterFunc(time.hour, () => undefined);
    uninstall();
    await time.sleep(1);
    await time.after(1).receive();
  `,
  "a sleep that begins under fakes ends after they are removed, even if no other call uses the clock": `
    const { time } = await load();
    await time.sleep(1);
    install();
    const slept = time.sleep(1);
    uninstall();
    await slept;
  `,
  "a sleep that begins before fakes are installed ends while they are installed": `
    const { time } = await load();
    const slept = time.sleep(20);
    install();
    await slept;
    uninstall();
    await time.sleep(1);
  `,
  "a sleep that begins before fakes are installed ends although another sleep begins under them": `
    const { time } = await load();
    const slept = time.sleep(20);
    install();
    let isOver = false;
    void time.sleep(3_600_000).then(() => (isOver = true));
    await slept;
    check(!isOver, "the hour is over");
    uninstall();
    await time.sleep(1);
  `,
  "a sleep that begins before fakes are installed ends after they are removed": `
    const { time } = await load();
    const slept = time.sleep(50);
    install();
    uninstall();
    await slept;
  `,
  "timers follow the fakes, repeatedly, and stand still with them": `
    const { gosched, time } = await load();
    for (let again = 0; again < 3; again++) {
      install();
      const order = [];
      void time.sleep(100).then(() => order.push("sleep"));
      time.afterFunc(200, () => order.push("call"));
      const ticker = new time.Ticker(150);
      void ticker.c.receive().then(() => order.push("tick"));
      await later(150);
      check(order.length === 0, "a timer has gone off by itself: " + order);
      for (let step = 0; step < 4; step++) {
        advance(50);
        for (let turns = 0; turns < 5; turns++) await gosched();
      }
      check(String(order.sort()) === "call,sleep,tick", "what has gone off: " + order);
      ticker.stop();
      uninstall();
      await time.sleep(1);
    }
  `,
  "contexts keep their deadlines when fakes are installed and removed": `
    const { context, time } = await load();
    const [ctx] = context.withTimeout(context.background(), 20);
    install();
    const [under] = context.withTimeout(context.background(), 30);
    const [far] = context.withTimeout(ctx, 3_600_000);
    uninstall();
    await ctx.done().receive();
    await under.done().receive();
    check(far.err() instanceof Error, "the child has ended");
  `,
};

/** Cases that must be the first in their process. */
const atImport: Readonly<Record<string, string>> = {
  "goroutines run, gosched returns and the slice ends although the import finds fakes": `
    install();
    const { Channel, go, gosched, time } = await load();
    await gosched();
    const ch = new Channel();
    go(async () => {
      for (;;) await ch.send(1);
    });
    let isOver = false;
    void later(20).then(() => (isOver = true));
    while (!isOver) await ch.receive();
    let sleeps = 0;
    void time.sleep(10).then(() => sleeps++);
    advance(10);
    for (let turns = 0; turns < 5; turns++) await gosched();
    check(sleeps === 1, "the sleep follows the fakes");
    const slept = time.sleep(10);
    uninstall();
    await slept;
    await time.sleep(1);
    await gosched();
    for (let i = 0; i < 30_000; i++) await ch.receive();
  `,
};

/** The functions that a case needs besides the functions of its fakes; the real time functions are saved before fakes are installed. */
const common = `
  const realTimeout = setTimeout;
  const later = (ms) => new Promise((resolve) => realTimeout(resolve, ms));
  const check = (isTrue, message) => {
    if (!isTrue) throw new Error(message);
  };
`;

describe.each(Object.entries(node))("%s", (_, fakes) => {
  test.concurrent.each([
    ["at any time", cases],
    ["at the import", atImport],
  ])("%s", async (_, selectedCases) => {
    const { code, stdout, stderr } = await runSource(`
      ${fakes}
      ${common.replaceAll("(ms)", "(ms: number)").replace("(isTrue, message)", "(isTrue: boolean, message: string)")}
      const load = () => import("goro");
      // AbortSignal keeps the timers that it finds when it is first used; a program that first uses it under fakes has no watch.
      void AbortSignal;
      // Fake timers do not keep the process alive.
      setInterval(() => undefined, 1_000);
      const cases: Record<string, () => Promise<void>> = {
        ${Object.entries(selectedCases)
          .map(([name, code]) => `async ${JSON.stringify(name)}() {${code}}`)
          .join(",")}
      };
      for (const [name, run] of Object.entries(cases)) {
        const slow = later(10_000).then(() => {
          throw new Error("it does not end");
        });
        await Promise.race([run(), slow]).catch((error) => console.log(name, error));
      }
      console.log("done");
      process.exit();
    `);
    expect({ code, stdout, stderr: stderr.replaceAll(/^\((node:|Use ).*\n/gm, "") }).toEqual({
      code: 0,
      stdout: "done\n",
      stderr: "",
    });
  });
});

describe.each(Object.entries(jests))("jest, %s", (_, fakes) => {
  test.concurrent("in all cases", async () => {
    const all = Object.entries({ ...cases, ...atImport });
    // One file for each case, because each file imports a new copy of the library.
    const files = all.map(([name, code], i) => [
      `case${i}`,
      `const { jest } = import.meta;
      ${common}
      ${fakes}
      const load = () => import("goro");
      test(${JSON.stringify(name)}, async () => {
        ${code}
      });`,
    ]);
    const { tests } = await runJest("esm", Object.fromEntries(files) as Record<string, string>);
    expect([...tests].filter(([, { status }]) => status !== "passed")).toEqual([]);
    expect(tests.size).toBe(all.length);
  });
});
