// What a recording says of a program, event by event, and whose doing it says each was.

import { readFile } from "node:fs/promises";
import { Channel, context, go, gosched, Mutex, receive, select, send, time, WaitGroup, WorkerPool } from "goro";
import { ignoreLeaks, bubble, waitUntilBlocked } from "goro/testing";
import { log, record, type Recording, type RecordOptions, type Trace, type TraceEvent } from "goro/trace";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { currentGoroutine } from "../../src/runtime/goroutine-tracking.ts";
import { parseFrames, positionOf } from "../../src/util/stack.ts";
import { buildTracks } from "../../src/trace/tracks.ts";
import { quiet } from "../support/promises.ts";
import { replace } from "../support/replace.ts";
import { shown } from "../support/shown.ts";

/** Records `f` in a bubble, where nothing else happens. */
async function recorded(f: () => Promise<void>, options: RecordOptions = {}): Promise<Trace> {
  return bubble(async () => {
    using recording = record(options);
    await f();
    return recording.stop();
  });
}

/** The events of one kind, without their times. */
function events<K extends TraceEvent["type"]>({ events: all }: Trace, ...types: K[]): object[] {
  return all.filter(({ type }) => types.includes(type as K)).map(({ at: _, ...rest }) => rest);
}

/** The number of the goroutine whose function has that name. */
function numberOf({ goroutines }: Trace, name: string): number | undefined {
  return goroutines.find((each) => each.name === name)?.id;
}

describe("a value", () => {
  test("for a waiting receiver is sent and received at once, with one id", async () => {
    const trace = await recorded(async () => {
      const ch = new Channel<string>(0, { name: "jobs" });
      go(async function taker() {
        await ch.receive();
      });
      await waitUntilBlocked();
      await ch.send("sweep");
    });
    const taker = numberOf(trace, "taker") as number;
    expect(trace.channels).toEqual([{ id: 1, name: "jobs", capacity: 0 }]);
    expect(events(trace, "send", "receive", "unblock").slice(-3)).toEqual([
      { type: "send", goroutine: 1, channel: 1, value: 1, length: 0, to: taker },
      { type: "receive", goroutine: taker, channel: 1, value: 1, length: 0, from: 1 },
      { type: "unblock", goroutine: taker, wait: expect.any(Number), by: 1 },
    ]);
  });

  test("from a waiting sender is attributed to the sender, although the receiver is running", async () => {
    const trace = await recorded(async () => {
      const ch = new Channel<number>();
      go(async function giver() {
        await ch.send(7);
      });
      await waitUntilBlocked();
      await ch.receive();
    });
    const giver = numberOf(trace, "giver") as number;
    expect(events(trace, "send", "receive")).toEqual([
      { type: "send", goroutine: giver, channel: 1, value: 1, length: 0, to: 1 },
      { type: "receive", goroutine: 1, channel: 1, value: 1, length: 0, from: giver },
    ]);
  });

  test("through a buffer has the same id at both ends, and each event has the length of the buffer", async () => {
    const trace = await recorded(async () => {
      const ch = new Channel<number>(2);
      ch.trySend(1);
      await ch.send(2);
      go(async function third() {
        await ch.send(3);
      });
      await waitUntilBlocked();
      for (let i = 0; i < 3; i++) await ch.receive();
    });
    const third = numberOf(trace, "third") as number;
    const { flows } = buildTracks(trace);
    expect(events(trace, "send", "receive")).toMatchObject([
      { type: "send", goroutine: 1, value: 1, length: 1 },
      { type: "send", goroutine: 1, value: 2, length: 2 },
      { type: "receive", goroutine: 1, value: 1, length: 1 },
      { type: "send", goroutine: third, value: 3, length: 2 },
      { type: "receive", goroutine: 1, value: 2, length: 1 },
      { type: "receive", goroutine: 1, value: 3, length: 0 },
    ]);
    expect(flows.map(({ from, to }) => [from, to])).toEqual([
      [1, 1],
      [1, 1],
      [third, 1],
    ]);
  });

  test("is previewed only with the option values, and no code of it runs", async () => {
    const run = async (): Promise<void> => {
      const ch = new Channel<unknown>(5);
      const fails = (): never => {
        throw new Error("looked at");
      };
      ch.trySend(42);
      ch.trySend("a\n\u202e<b>");
      ch.trySend({ number: 3, square: 9, deep: { id: 1 } });
      ch.trySend({
        get secret() {
          return fails();
        },
        toString: fails,
        toJSON: fails,
      });
      ch.trySend([1, 2, 3]);
    };
    const texts = (trace: Trace): unknown[] => events(trace, "send").map((event) => (event as { text?: string }).text);
    expect(texts(await recorded(run))).toEqual([undefined, undefined, undefined, undefined, undefined]);
    expect(texts(await recorded(run, { values: true }))).toEqual([
      "42",
      '"a��<b>"',
      "{number: 3, square: 9}",
      "{…}",
      "[3]",
    ]);
  });

  test("that was sent before the recording gets an id when it is received", async () => {
    const trace = await bubble(async () => {
      const ch = new Channel<number>(2);
      ch.trySend(1);
      const recording = record();
      ch.trySend(2);
      await ch.receive();
      await ch.receive();
      return recording.stop();
    });
    const values = events(trace, "receive").map((event) => (event as { value: number }).value);
    expect(new Set(values).size).toBe(2);
    expect(values[1]).toBe((events(trace, "send")[0] as { value: number }).value);
  });
});

describe("waiting", () => {
  test("has a block and an unblock event, with its operation and its channel", async () => {
    const trace = await recorded(async () => {
      const ch = new Channel<number>();
      const wg = new WaitGroup();
      const mutex = new Mutex();
      await mutex.lock();
      wg.go(async () => {
        await ch.receive();
        await mutex.lock();
      });
      await time.sleep(5);
      await ch.send(1);
      await waitUntilBlocked();
      mutex.unlock();
      await wg.wait();
    });
    const operations = events(trace, "block").map((event) => (event as { operation: string }).operation);
    expect(operations).toEqual(["sleep", "chan receive", "sync.Mutex.Lock", "sync.WaitGroup.Wait"]);
    const waits = (type: "block" | "unblock"): number[] =>
      events(trace, type).map((event) => (event as { wait: number }).wait);
    expect(waits("unblock").sort((a, b) => a - b)).toEqual(waits("block"));
    expect(events(trace, "block")[1]).toMatchObject({ operation: "chan receive", channel: 1 });
  });

  test("is ended by the goroutine or the timer that caused it", async () => {
    const trace = await recorded(async () => {
      await time.sleep(5);
    });
    expect(trace.events.slice(0, 3)).toEqual([
      { at: 0, goroutine: 1, type: "block", wait: 1, operation: "sleep" },
      { at: 5, goroutine: 0, type: "timer", purpose: "time.sleep" },
      { at: 5, goroutine: 1, type: "unblock", wait: 1, by: 0 },
    ]);
  });

  test("in a select has the cases, and the select event has the chosen one", async () => {
    const trace = await recorded(async () => {
      const jobs = new Channel<number>(0, { name: "jobs" });
      const out = new Channel<number>(1, { name: "out" });
      await select({ job: receive(jobs), out: send(out, 1) });
      await select({ job: receive(jobs), default: true });
      go(async function giver() {
        await time.sleep(1);
        await jobs.send(2);
      });
      await select([receive(jobs), receive(null)]);
    });
    const named = [
      { name: "job", operation: "receive", channel: 2 },
      { name: "out", operation: "send", channel: 1 },
    ];
    const numbered = [
      { name: "0", operation: "receive", channel: 2 },
      { name: "1", operation: "receive", channel: null },
    ];
    expect(events(trace, "select")).toEqual([
      { type: "select", goroutine: 1, cases: named, chosen: "out" },
      { type: "select", goroutine: 1, cases: named.slice(0, 1), chosen: "default" },
      { type: "select", goroutine: 1, cases: numbered, chosen: "0" },
    ]);
    expect(events(trace, "block").find((event) => "cases" in event)).toMatchObject({ goroutine: 1, cases: numbered });
  });
});

describe("the goroutine of an event", () => {
  test("is known after awaits on external promises", async () => {
    const recording = record();
    const ch = new Channel<number>(8);
    const wg = new WaitGroup();
    const file = new URL(import.meta.url);
    wg.go(async function reader() {
      await readFile(file);
      await ch.send(1);
    });
    wg.go(async function sleeper() {
      await new Promise((resolve) => setTimeout(resolve, 1));
      await ch.send(2);
    });
    wg.go(async function racer() {
      const sleep = time.sleep(1);
      await Promise.all([gosched(), Promise.race([sleep, new Promise(setImmediate)])]);
      queueMicrotask(() => void ch.trySend(3));
      // The sleep may lose the race, and must not outlive the test.
      await sleep;
    });
    await wg.wait();
    await quiet();
    const trace = recording.stop();
    const senders = events(trace, "send").map((event) => (event as { goroutine: number }).goroutine);
    expect(senders.map((id) => trace.goroutines.find((each) => each.id === id)?.name).sort()).toEqual([
      "racer",
      "reader",
      "sleeper",
    ]);
  });

  test("is null for goroutines that began before the recording", async () => {
    // The leak detector would report them too.
    ignoreLeaks();
    const ch = new Channel<number>(1);
    const begin = new Channel<void>();
    go(async function early() {
      await begin.receive();
      await ch.send(1);
    });
    await quiet();
    const recording = record();
    begin.close();
    await quiet();
    expect(events(recording.stop(), "send")).toMatchObject([{ goroutine: null }]);
  });

  test("is the runtime for the tick of a timer and the deadline of a context", async () => {
    const trace = await recorded(async () => {
      const [ctx, cancel] = context.withTimeout(context.background(), 2);
      await ctx.done().receive();
      cancel();
      await time.after(1).receive();
    });
    expect(events(trace, "cancel")).toMatchObject([
      { goroutine: 0, cause: expect.stringContaining("deadline exceeded") },
    ]);
    expect(events(trace, "close")).toEqual([{ type: "close", goroutine: 0, channel: 1 }]);
    expect(events(trace, "send")).toMatchObject([{ goroutine: 0, to: 1 }]);
    expect(trace.channels.map(({ name }) => name)).toEqual(["ctx.done()", "time.Timer"]);
  });

  test("has a parent, and goroutines of a second bubble have unused ids", async () => {
    const recording = record();
    for (let i = 0; i < 2; i++) {
      await bubble(async () => {
        go(function outer() {
          go(function inner() {});
        });
        await waitUntilBlocked();
      });
    }
    const { goroutines } = recording.stop();
    expect(new Set(goroutines.map(({ id }) => id)).size).toBe(goroutines.length);
    const inner = goroutines.filter(({ name }) => name === "inner");
    const outer = goroutines.filter(({ name }) => name === "outer");
    expect(inner.map(({ parent }) => parent)).toEqual(outer.map(({ id }) => id));
  });
});

describe("a recording", () => {
  test("keeps events up to its limit, and counts the others", async () => {
    const trace = await recorded(
      async () => {
        const ch = new Channel<number>(10);
        for (let i = 0; i < 10; i++) ch.trySend(i);
      },
      { limit: 4 },
    );
    expect(trace.events).toHaveLength(4);
    expect(trace.dropped).toBe(6);
  });

  test.each([0, 1, 2, 3, 4, 5, 50])(
    "knows nothing of what only events beyond its limit of %i name, and still how the program stands",
    async (limit) => {
      let recording: Recording | undefined;
      const deadlock = bubble(async () => {
        recording = record({ limit, values: true });
        const pool = new WorkerPool(async (_ctx, n: number) => n, { workers: 2 });
        for (let i = 0; i < 50; i++) {
          const ch = new Channel<number>(1, { name: `ch ${i}` });
          go(async function worker() {
            await select({ ch: receive(ch), other: receive(new Channel<number>()) });
            ch.close();
          });
          await ch.send(i);
          await time.sleep(1);
          const task = await pool.submit(i);
          await task.result;
        }
        go(async () => {
          await new Channel().receive();
        });
        await new Channel().receive();
      });
      await expect(deadlock).rejects.toThrow("deadlock");
      const trace = recording?.stop() as Trace;
      expect(trace.ending).toBe("blocked");
      expect(trace.events).toHaveLength(limit);
      expect(trace.dropped).toBeGreaterThan(500 - limit);
      const named = JSON.stringify(trace.events);
      for (const { id } of trace.goroutines.slice(1)) {
        expect(named).toMatch(new RegExp(`"(goroutine|child|to|from|by)":${id}\\b`));
      }
      for (const { id } of trace.channels) expect(named).toMatch(new RegExp(`"channel":${id}\\b`));
      for (const { id } of trace.pools) expect(named).toMatch(new RegExp(`"pool":${id}\\b`));
    },
  );

  test("drops as many events as it would keep without its limit", async () => {
    const run = async (limit: number): Promise<number> => {
      const trace = await recorded(
        async () => {
          const ch = new Channel<number>();
          const wg = new WaitGroup();
          wg.go(async () => {
            for await (const _ of ch) await time.sleep(1);
          });
          for (let i = 0; i < 5; i++) await select({ ch: send(ch, i) });
          ch.close();
          await wg.wait();
          const [, cancel] = context.withCancel(context.background());
          cancel();
          log("done");
        },
        { limit },
      );
      return trace.events.length + trace.dropped;
    };
    const all = await run(1000);
    expect(all).toBeGreaterThan(20);
    for (const limit of [0, 1, 7, 8, 9, 10]) expect(await run(limit)).toBe(all);
  });

  test.each([-1, 1.5, NaN, "10"])("rejects %p for a limit", (limit) => {
    expect(() => record({ limit: limit as number })).toThrow(
      new RangeError(`record: limit must be a whole number, 0 or more, got ${shown(limit)}`),
    );
  });

  test("has the state of the program at its end", async () => {
    const open = await bubble(async () => {
      using recording = record();
      go(() => time.sleep(1));
      await time.sleep(2);
      return recording.trace.ending;
    });
    expect(open).toBe("running");
    let blocked: Recording | undefined;
    const deadlock = bubble(async () => {
      blocked = record();
      go(async () => {
        await new Channel().receive();
      });
      await new Channel().receive();
    });
    await expect(deadlock).rejects.toThrow("deadlock");
    expect(blocked?.stop().ending).toBe("blocked");
  });

  test("can be read while it is active, and cannot be restarted", async () => {
    const recording = record();
    log("one");
    expect(recording.trace.events).toMatchObject([{ type: "log", text: "one" }]);
    log("two");
    const trace = recording.stop();
    log("three");
    expect(recording.stop()).toBe(trace);
    expect(recording.trace.events).toHaveLength(2);
  });

  test("has printed lines with the option console, and restores the console", () => {
    const before = console.log;
    const printed: unknown[][] = [];
    console.log = (...parts: unknown[]) => void printed.push(parts);
    try {
      const mine = console.log;
      const recording = record({ console: true });
      console.log("sum", 3);
      const { events: all } = recording.stop();
      expect(all).toMatchObject([{ type: "log", text: "sum 3" }]);
      expect(printed).toEqual([["sum", 3]]);
      expect(console.log).toBe(mine);
    } finally {
      console.log = before;
    }
  });

  describe("of printed lines", () => {
    const texts = ({ events: all }: Trace): unknown[] => all.map((event) => (event as { text?: string }).text);
    let printed: unknown[][] = [];
    let restore = (): void => undefined;
    let original = console.log;

    beforeEach(() => {
      printed = [];
      restore = replace(console, "log", (...parts: unknown[]) => void printed.push(parts));
      original = console.log;
    });
    afterEach(() => restore());

    test.each([
      ["the order of their start", 0],
      ["the opposite order", 1],
    ])("two recordings receive it until they stop, in %s, and the console is restored", (_, first) => {
      const both = [record({ console: true }), record({ console: true })] as const;
      console.log("to both");
      const one = both[first as 0 | 1].stop();
      console.log("to one");
      const other = both[(1 - first) as 0 | 1].stop();
      expect(console.log).toBe(original);
      console.log("to none");
      expect([texts(one), texts(other)]).toEqual([["to both"], ["to both", "to one"]]);
      expect(printed).toEqual([["to both"], ["to one"], ["to none"]]);
    });

    test("keeps a replacement of the console by other code, and later lines are recorded once", () => {
      const first = record({ console: true });
      const ours = console.log;
      const theirs = (...parts: unknown[]): void => ours("theirs", ...parts);
      console.log = theirs;
      console.log("a");
      expect(texts(first.stop())).toEqual(["theirs a"]);
      expect(console.log).toBe(theirs);
      const second = record({ console: true });
      console.log("b");
      expect(texts(second.stop())).toEqual(["b"]);
      expect(console.log).toBe(theirs);
      console.log("c");
      expect(printed).toEqual([
        ["theirs", "a"],
        ["theirs", "b"],
        ["theirs", "c"],
      ]);
    });
  });

  test("has times that never decrease, and lists every id", async () => {
    const trace = await recorded(async () => {
      const pool = new WorkerPool(
        async function square(_ctx, n: number) {
          await time.sleep(n);
          return n * n;
        },
        { workers: 2 },
      );
      const squares: number[] = [];
      for await (const result of pool.map([3, 1, 2, 5])) squares.push(result);
      await pool.stop();
      expect(squares).toEqual([9, 1, 4, 25]);
    });
    const ids = (list: readonly { readonly id: number }[]): Set<unknown> => new Set(list.map(({ id }) => id));
    const [goroutines, channels, pools] = [trace.goroutines, trace.channels, trace.pools].map(ids) as [
      Set<unknown>,
      Set<unknown>,
      Set<unknown>,
    ];
    let last = 0;
    for (const event of trace.events) {
      expect(event.at).toBeGreaterThanOrEqual(last);
      last = event.at;
      expect(event.goroutine === 0 || goroutines.has(event.goroutine)).toBe(true);
      if ("channel" in event) expect(channels.has(event.channel)).toBe(true);
      if ("pool" in event) expect(pools.has(event.pool)).toBe(true);
    }
    expect(trace.pools).toEqual([{ id: 1, name: "square" }]);
    const steps = (type: "accept" | "start" | "finish"): number[] =>
      events(trace, type).map((event) => (event as { job: number }).job);
    expect(steps("accept")).toEqual([1, 2, 3, 4]);
    expect(steps("start").sort()).toEqual([1, 2, 3, 4]);
    expect(steps("finish").sort()).toEqual([1, 2, 3, 4]);
    expect(events(trace, "finish")).toMatchObject(Array(4).fill({ status: "done" }));
  });

  test("infers names from the lines of the program with the option sources", async () => {
    const trace = await recorded(
      async () => {
        const jobs = new Channel<number>(1);
        const holder = { results: new Channel<number>(1) };
        go(() => void jobs.trySend(1));
        await jobs.receive();
        holder.results.close();
      },
      { sources: true },
    );
    expect(trace.channels.map(({ name }) => name)).toEqual(["jobs", "results"]);
    expect(trace.goroutines.at(-1)?.name).toMatch(/^line \d+$/);
  });

  test("has the lines of the program with sources: of the running goroutine, and where a parked one waits", async () => {
    const lineHere = (): number => positionOf(parseFrames(new Error())[1] ?? "")?.line ?? 0;
    let first = 0;
    const run = async (): Promise<void> => {
      const jobs = new Channel<number>();
      first = lineHere();
      go(async function worker() {
        await jobs.receive();
      });
      await waitUntilBlocked();
      await jobs.send(1);
      jobs.close();
      await time.sleep(1);
    };
    const trace = await recorded(run, { sources: true });
    const worker = numberOf(trace, "worker");
    const lines = trace.events.map(({ type, goroutine, line }) => [type, goroutine, line && line - first]);
    expect(lines.slice(0, 6)).toEqual([
      ["go", 1, 1],
      ["block", worker, 2],
      ["send", 1, 5],
      ["receive", worker, 2],
      ["unblock", worker, 2],
      ["close", 1, 6],
    ]);
    expect(lines).toContainEqual(["block", 1, 7]);
    expect(lines).toContainEqual(["timer", 0, undefined]);
    const without = await recorded(run);
    expect(without.events.every((event) => !("line" in event))).toBe(true);
  });

  test("of the same program and seed is the same, byte by byte", async () => {
    const run = (seed: number): Promise<string> =>
      bubble(
        async () => {
          using recording = record({ values: true });
          const jobs = new Channel<number>();
          const wg = new WaitGroup();
          for (let w = 0; w < 3; w++) {
            wg.go(async () => {
              for await (const n of jobs) await time.sleep(n);
            });
          }
          for (let n = 1; n <= 9; n++) await jobs.send(n);
          jobs.close();
          await wg.wait();
          return JSON.stringify(recording.stop());
        },
        { seed },
      );
    expect(await run(7)).toBe(await run(7));
    expect(await run(7)).not.toBe(await run(8));
  });
});

test("a channel's name must be a string", () => {
  expect(() => new Channel(0, { name: 7 as never })).toThrow(new TypeError("Channel: name must be a string, got 7"));
});

test("the current goroutine is tracked until the last recording stops, even if one is stopped twice", async () => {
  ignoreLeaks();
  const runs = (): unknown => currentGoroutine()?.name;
  const first = record();
  const second = record();
  first.stop();
  first.stop();
  const seen: unknown[] = [];
  go(async function known() {
    await gosched();
    seen.push(runs());
    second.stop();
    seen.push(runs());
  });
  await quiet();
  expect(seen).toEqual(["known", undefined]);
});
