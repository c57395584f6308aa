// What every goroutine does right now: as data, as a table, and on SIGQUIT.

import { Channel, go, gosched, receive, select, time } from "goro";
import { bubble, waitUntilBlocked } from "goro/testing";
import { formatSnapshot, type Snapshot, snapshot, watchGoroutines } from "goro/trace";
import { describe, expect, test } from "@jest/globals";
import { runSource } from "../support/programs.ts";
import { quiet } from "../support/promises.ts";

/** Returns the snapshot of the bubble of `f` when all its goroutines are blocked; then calls the function that `f` returned. */
async function snapshotOf(f: () => () => void): Promise<Snapshot> {
  return bubble(async () => {
    const stop = watchGoroutines();
    const finish = f();
    await waitUntilBlocked();
    const taken = snapshot();
    stop();
    finish();
    return taken;
  });
}

describe("a snapshot", () => {
  test("lists each goroutine with its waits, their channels and durations, and its parent", async () => {
    const taken = await bubble(async () => {
      const stop = watchGoroutines();
      const jobs = new Channel<number>(3, { name: "jobs" });
      const quit = new Channel<never>(0, { name: "quit" });
      const done = new Channel<never>();
      await jobs.send(1);
      go(async function sender() {
        await jobs.send(2);
        await jobs.send(3);
        await select({ job: receive(done), quit: receive(quit), off: receive(null) });
      });
      go(function starter() {
        go(async function child() {
          await Promise.all([done.receive(), time.sleep(5000)]);
        });
      });
      await time.sleep(1500);
      const result = snapshot();
      stop();
      quit.close();
      done.close();
      await time.sleep(10_000);
      return result;
    });
    const by = (name: string): object | undefined => taken.goroutines.find((each) => each.name === name);
    const quit = { name: "quit", capacity: 0, length: 0, closed: false };
    const unnamed = { ...quit, name: "" };
    expect(by("sender")).toMatchObject({
      waits: [
        {
          operation: "select",
          since: 1500,
          channel: null,
          cases: [
            { name: "job", operation: "receive", channel: unnamed },
            { name: "quit", operation: "receive", channel: quit },
            { name: "off", operation: "receive", channel: null },
          ],
        },
      ],
    });
    expect(by("child")).toMatchObject({
      waits: [
        { operation: "chan receive", since: 1500, channel: unnamed, cases: [] },
        { operation: "sleep", since: 1500, channel: null },
      ],
    });
    expect(by("starter")).toBeUndefined();
    expect(taken.waiting).toMatchObject({ "chan receive": 1, select: 1, sleep: 1 });
  });

  test("has the length and the state of a channel", async () => {
    const full = new Channel<number>(2, { name: "full" });
    full.trySend(1);
    full.trySend(2);
    const stop = watchGoroutines();
    go(() => full.send(3));
    await gosched();
    const { goroutines } = snapshot();
    stop();
    for (let i = 0; i < 3; i++) await full.receive();
    expect(goroutines).toMatchObject([
      { waits: [{ operation: "chan send", channel: { name: "full", capacity: 2, length: 2, closed: false } }] },
    ]);
  });

  test("has only counts without watchGoroutines, and says so", async () => {
    const ch = new Channel<number>();
    go(() => ch.receive());
    await quiet();
    const taken = snapshot();
    await ch.send(1);
    expect(taken).toMatchObject({ population: 2, waiting: { "chan receive": 1 }, isComplete: false, goroutines: [] });
    expect(formatSnapshot(taken)).toBe(
      "2 goroutines; waiting: 1 [chan receive]\nSet GORO_DEBUG=1 or call watchGoroutines() to list each goroutine.\n",
    );
  });

  test("is incomplete if goroutines began before watchGoroutines was called", async () => {
    const begin = new Channel<never>();
    go(() => begin.receive());
    await quiet();
    const stop = watchGoroutines();
    go(async function late() {
      await begin.receive();
    });
    await quiet();
    const taken = snapshot();
    stop();
    begin.close();
    expect(taken.isComplete).toBe(false);
    expect(taken.goroutines.map(({ name }) => name)).toEqual(["late"]);
    expect(formatSnapshot(taken)).toMatch(/began before watchGoroutines\(\) was called are not listed\.\n$/);
  });

  test("is complete if no goroutine began before", async () => {
    const stop = watchGoroutines();
    const taken = snapshot();
    stop();
    expect(taken).toMatchObject({ population: 1, isComplete: true, goroutines: [] });
    expect(snapshot().isComplete).toBe(false);
  });

  test("stays available until the last watcher stops, even if another stops twice", async () => {
    const ch = new Channel<never>();
    const begin = new Channel<never>();
    go(() => begin.receive());
    await quiet();
    const stops = [watchGoroutines(), watchGoroutines()] as const;
    go(async function worker() {
      await ch.receive();
    });
    await quiet();
    stops[1]();
    stops[1]();
    const names = snapshot().goroutines.map(({ name }) => name);
    stops[0]();
    ch.close();
    begin.close();
    expect(names).toEqual(["worker"]);
  });

  test("as a table has a line for each wait, whatever the names contain", async () => {
    const taken = await snapshotOf(() => {
      const evil = new Channel<never>(0, { name: 'a"\n\u001b[31m\u202e<b>' });
      const f = async (): Promise<void> => {
        await evil.receive();
      };
      Object.defineProperty(f, "name", { value: "x\ngoroutine 99 [running]" });
      go(f);
      return () => evil.close();
    });
    const lines = formatSnapshot(taken).split("\n");
    expect(lines[2]).toMatch(/^goroutine +state +since +on$/);
    expect(lines.filter((line) => line.includes("chan receive"))).toHaveLength(2);
    expect(lines.join("")).not.toMatch(/[\u0000-\u001f\u202e]/);
    expect(lines.some((line) => line.startsWith("goroutine 99"))).toBe(false);
  });
});

describe("SIGQUIT ends a program under main, and", () => {
  const program = `
    import { Channel, go, main, time } from "goro";
    main(async () => {
      const jobs = new Channel<number>(2, { name: "jobs" });
      go(async function worker() {
        for await (const _ of jobs);
      });
      await time.sleep(10);
      process.kill(process.pid, "SIGQUIT");
      await time.sleep(time.hour);
    });
  `;

  test.concurrent("counts the waits by default", async () => {
    const { code, stderr } = await runSource(program);
    expect(stderr).toBe(
      "SIGQUIT: quit\n\n2 goroutines; waiting: 1 [chan receive], 1 [sleep]\n\n" +
        "Set GORO_DEBUG=1 to list each goroutine with where it was started and where it waits.\n",
    );
    expect(code).toBe(2);
  });

  test.concurrent("lists each goroutine with GORO_DEBUG=1", async () => {
    const { code, stderr } = await runSource(program, { GORO_DEBUG: "1" });
    expect(stderr.replaceAll(/at .*main\.ts:(\d+).*/g, "at line $1")).toBe(
      "SIGQUIT: quit\n\ngoroutine 1 [sleep]:\n\tat line 10\n\n" +
        "goroutine 2 [chan receive]: worker\n\ton jobs (0 of 2)\n\tat line 6\ncreated by goroutine 1\n\tat line 5\n",
    );
    expect(code).toBe(2);
  });

  test.concurrent("is left to the program if it listens to it", async () => {
    const ending = await runSource(`
      import { context, main } from "goro";
      main(async () => {
        const [ctx, stop] = context.notifyContext(context.background(), "SIGQUIT");
        process.kill(process.pid, "SIGQUIT");
        await ctx.done().receive();
        console.log(String(context.cause(ctx)));
        stop();
      });
    `);
    expect(ending).toEqual({ code: 0, stdout: "AbortError: quit signal received\n", stderr: "" });
  });

  test.concurrent("is not handled after main has returned, or without main", async () => {
    const { code, stdout } = await runSource(`
      import { WaitGroup } from "goro";
      const wg = new WaitGroup();
      wg.go(() => undefined);
      await wg.wait();
      console.log(process.listenerCount("SIGQUIT"));
    `);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "0\n" });
  });
});
