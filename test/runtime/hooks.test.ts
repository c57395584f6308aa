// The events that the hooks report, and their order.

import { Channel, context, go, receive, select, send, time, WaitGroup, WorkerPool } from "goro";
import { ignoreLeaks, bubble } from "goro/testing";
import { afterEach, describe, expect, test } from "@jest/globals";
import { channelStateOf } from "../../src/channel/channel.ts";
import type { ChannelState } from "../../src/channel/channel-state.ts";
import { addHooks, hooks, type GoroutineInfo } from "../../src/runtime/hooks.ts";
import { assertInvariants } from "../model/invariants.ts";
import { capacities, quiet } from "../support/promises.ts";

let stop = (): void => undefined;

afterEach(() => {
  stop();
});

/** Records all events. Operations are numbered in the order in which they park: `#1 chan send`, `#1 over`. */
function record(): string[] {
  const events: string[] = [];
  const parties = new Map<object, number>();
  const log = (event: string) => (goroutine: GoroutineInfo) => {
    events.push(`${event} ${goroutine.name}`);
  };
  stop = addHooks({
    go: log("go"),
    run(goroutine, start) {
      log("run")(goroutine);
      start();
    },
    end: log("end"),
    block(party, { name }) {
      parties.set(party, parties.size + 1);
      events.push(`#${parties.size} ${name}`);
    },
    unblock(party) {
      events.push(`#${parties.get(party) ?? "unknown"} over`);
    },
  });
  return events;
}

describe("the events of goroutines and waits", () => {
  test("a goroutine is reported when it starts, when it parks and is woken, and when it ends", async () => {
    const events = record();
    const ch = new Channel<number>();
    async function taker(): Promise<void> {
      await ch.receive();
    }
    async function giver(): Promise<void> {
      await ch.send(1);
    }
    go(taker);
    go(giver);
    await quiet();
    // The order of two goroutines that can both continue is not specified.
    expect(events.splice(-2).sort()).toEqual(["end giver", "end taker"]);
    expect(events).toEqual(["go taker", "run taker", "go giver", "run giver", "#1 chan receive", "#1 over"]);
  });

  test("goroutines are numbered in the order of their `go`, and a function without a name has an empty name", async () => {
    const ids: number[] = [];
    const names: string[] = [];
    stop = addHooks({
      go({ id, name }) {
        ids.push(id);
        names.push(name);
      },
      run: (_, start) => start(),
      end: () => undefined,
      block: () => undefined,
      unblock: () => undefined,
    });
    go(function first() {});
    go(() => undefined);
    await quiet();
    const [first] = ids as [number];
    expect(first).toBeGreaterThan(1);
    expect(ids).toEqual([first, first + 1]);
    expect(names).toEqual(["first", ""]);
  });

  test.each(capacities)("an operation that does not wait is not reported, at capacity %i", async (capacity) => {
    const ch = new Channel<number>(capacity);
    const events = record();
    for (let i = 0; i < capacity; i++) await ch.send(i);
    for (let i = 0; i < capacity; i++) await ch.receive();
    expect(events).toEqual([]);
    const sent = Array.from({ length: capacity + 1 }, (_, i) => ch.send(i));
    expect(events).toEqual(["#1 chan send"]);
    await ch.receive();
    await Promise.all(sent);
    expect(events).toEqual(["#1 chan send", "#1 over"]);
  });

  test("each kind of wait is reported once by its name in Go, and once more when it is over", async () => {
    ignoreLeaks();
    const ch = new Channel<number>();
    const other = new Channel<number>();
    const wg = new WaitGroup();
    const events = record();
    const chosen = select({ a: receive(ch), b: receive(other), c: receive(ch) });
    const step = ch[Symbol.asyncIterator]().next();
    wg.add(1);
    const waits = [chosen, step, wg.wait(), wg.wait(), time.sleep(1)];
    void select({});
    ch.close();
    wg.done();
    await Promise.all(waits);
    expect(events).toEqual([
      "#1 select",
      "#2 chan receive",
      "#3 sync.WaitGroup.Wait",
      "#4 sync.WaitGroup.Wait",
      "#5 sleep",
      "#6 select (no cases)",
      "#1 over",
      "#2 over",
      "#3 over",
      "#4 over",
      "#5 over",
    ]);
  });
});

test("a removed hook receives no more events, and goroutines that it has seen continue", async () => {
  ignoreLeaks();
  const events = record();
  const ch = new Channel<number>();
  async function taker(): Promise<number | undefined> {
    return (results[0] = (await ch.receive()).value);
  }
  const results: unknown[] = [];
  go(taker);
  await quiet();
  stop();
  await ch.send(7);
  go(async () => ch.receive());
  await quiet();
  expect(hooks).toBeNull();
  expect(results).toEqual([7]);
  expect(events).toEqual(["go taker", "run taker", "#1 chan receive"]);
});

describe("the events besides goroutines and waits", () => {
  /** Records all events except those of goroutines and waits. */
  function recordOthers(): unknown[][] {
    const events: unknown[][] = [];
    const remove = addHooks({
      channelCreated: (channel) => void events.push(["make", channel]),
      valueMoved: (channel, value, from, to) => void events.push(["move", channel, value, from, to]),
      close: (channel) => void events.push(["close", channel]),
      select: (cases, chosen) => void events.push(["select", cases.findIndex((each) => each === chosen)]),
      cancel: (_, cause) => void events.push(["cancel", cause.message]),
      panic: ({ name }, error) => void events.push(["panic", name, error]),
      jobEvent: (_crew, _work, step) => void events.push([step]),
      timer(purpose, fire) {
        events.push(["timer", purpose]);
        fire();
        events.push(["fired"]);
      },
    });
    const before = stop;
    stop = () => {
      before();
      remove();
    };
    return events;
  }

  test.each([1, 2])("are reported to each of %i hooks", async (count) => {
    const all = Array.from({ length: count }, recordOthers);
    const ch = new Channel<string>(1);
    const core = channelStateOf(ch);
    await ch.send("a");
    const second = ch.send("b");
    await ch.receive();
    await second;
    await ch.receive();
    const [ctx, cancel] = context.withCancel(context.background());
    cancel();
    expect(ctx.err()).toBeDefined();
    const timer = new time.Timer(time.hour);
    const selected = select({ late: receive(timer.c), never: receive(null) });
    await select({ ch: receive(ch), default: true });
    ch.close();
    await select([receive(null), receive(ch)]);
    timer.reset(0);
    await selected;
    for (const events of all) {
      const timers = events.findIndex(([event]) => event === "timer");
      expect(events.slice(timers).map(([event]) => event)).toEqual(["timer", "move", "select", "fired"]);
      expect(events.slice(0, timers)).toEqual([
        ["make", core],
        ["move", core, "a", null, core],
        ["move", core, "a", core, null],
        ["move", core, "b", expect.any(Object), core],
        ["move", core, "b", core, null],
        ["cancel", "context canceled"],
        ["make", expect.any(Object)],
        ["select", -1],
        ["close", core],
        ["select", 1],
      ]);
    }
  });

  test("a direct transfer reports which operation was parked", async () => {
    const events = recordOthers();
    const ch = new Channel<number>();
    const core = channelStateOf(ch);
    const received = ch.receive();
    await ch.send(1);
    await received;
    const sent = ch.send(2);
    await ch.receive();
    await sent;
    expect(events.slice(1)).toEqual([
      ["move", core, 1, null, expect.any(Object)],
      ["move", core, 2, expect.any(Object), null],
    ]);
  });

  test("include the steps of a job", async () => {
    const events = recordOthers();
    const pool = new WorkerPool(async (_ctx, n: number) => n);
    const task = await pool.submit(1);
    await task.result;
    await pool.stop();
    expect(events.filter(([event]) => ["accept", "start", "finish"].includes(event as string)).flat()).toEqual([
      "accept",
      "start",
      "finish",
    ]);
  });

  test("include a panic", async () => {
    const events = recordOthers();
    const error = new Error("boom");
    const panicked = bubble(async () => {
      go(function bad() {
        throw error;
      });
      await time.sleep(1);
    });
    await expect(panicked).rejects.toBe(error);
    expect(events).toContainEqual(["panic", "bad", error]);
  });
});

describe("a hook sees every channel in a valid state, and may use the channels itself", () => {
  /** From now on, calls `look` within each event and checks the invariants of the channels. */
  function within(channels: readonly Channel<string>[], look: () => void): void {
    let isInside = false;
    const hook = (): void => {
      for (const ch of channels) assertInvariants(channelStateOf(ch) as ChannelState<string>);
      if (isInside) return;
      isInside = true;
      look();
      isInside = false;
    };
    stop = addHooks({ block: hook, unblock: hook, valueMoved: hook, select: hook });
  }

  test.each(capacities)("when a select that waits receives, at capacity %i", async (capacity) => {
    const [ch, other] = [new Channel<string>(capacity), new Channel<string>()];
    const selected = select({ ch: receive(ch), other: receive(other) });
    const sent: boolean[] = [];
    within([ch, other], () => sent.push(other.trySend("again")));
    await ch.send("once");
    expect(await selected).toEqual({ case: "ch", value: "once", ok: true });
    expect(sent).toEqual([false, false, false]);
  });

  test.each(capacities)("when a select that waits sends, at capacity %i", async (capacity) => {
    const [ch, other] = [new Channel<string>(capacity), new Channel<string>()];
    for (let i = 0; i < capacity; i++) ch.trySend("filler");
    const selected = select({ ch: send(ch, "once"), other: send(other, "once") });
    const received: unknown[] = [];
    within([ch, other], () => received.push(other.tryReceive()));
    const values = [ch.tryReceive()?.value];
    for (let i = 0; i < capacity; i++) values.push(ch.tryReceive()?.value);
    expect(await selected).toEqual({ case: "ch" });
    expect(values.filter((value) => value === "once")).toHaveLength(1);
    expect(received.filter((each) => each !== undefined)).toEqual([]);
  });

  test.each(capacities)(
    "when cases are used again within the events of their select, at capacity %i",
    async (capacity) => {
      const [ch, other] = [new Channel<string>(capacity), new Channel<string>(1)];
      const cases = { ch: receive(ch), other: receive(other) };
      const selected = select(cases);
      const inner: unknown[] = [];
      within([ch, other], () => {
        other.trySend("second");
        void select({ renamed: cases.other, default: true }).then((s) => inner.push(s));
      });
      ch.trySend("first");
      expect(await selected).toEqual({ case: "ch", value: "first", ok: true });
      await quiet();
      expect(inner).toEqual(Array(3).fill({ case: "renamed", value: "second", ok: true }));
      stop();
      const immediate: unknown[] = [];
      within([ch, other], () => void select({ renamed: cases.ch, default: true }).then((s) => immediate.push(s)));
      other.trySend("third");
      expect(await select(cases)).toEqual({ case: "other", value: "third", ok: true });
      await quiet();
      expect(immediate).toContainEqual({ case: "default" });
    },
  );

  test("when a context is canceled", () => {
    const [ctx, cancel] = context.withCancel(context.background());
    const [child] = context.withCancel(ctx);
    const errors: unknown[] = [];
    stop = addHooks({
      cancel() {
        cancel();
        errors.push(String(ctx.err()), String(child.err()));
      },
    });
    cancel();
    expect(errors).toEqual(Array(2).fill("AbortError: context canceled"));
  });
});

test("the callback of a timer runs once, no matter how often a hook calls it, and its error is thrown", () => {
  const error = new Error("of the timer");
  let fired = 0;
  const fire = (): never => {
    fired++;
    throw error;
  };
  stop = addHooks({
    timer(_purpose, inner) {
      inner();
      inner();
    },
  });
  let thrown: unknown;
  try {
    hooks?.timer("a test", fire);
  } catch (reason) {
    thrown = reason;
  }
  expect([fired, thrown]).toEqual([1, error]);
});

test("the subject of a wait has a text for a report", async () => {
  const subjects: string[] = [];
  stop = addHooks({ block: (_party, _operation, _isDurable, subject) => void subjects.push(String(subject)) });
  const plain = new Channel<number>();
  const jobs = new Channel<number>(2, { name: "jobs\n" });
  const full = new Channel<number>(1);
  full.trySend(1);
  const timer = new time.Timer(time.hour);
  const ticker = new time.Ticker(time.hour);
  const waits = [
    plain.receive(),
    jobs.receive(),
    full.send(2),
    timer.c.receive(),
    ticker.c.receive(),
    select({ job: receive(jobs), none: receive(null), closed: receive(plain) }),
  ];
  expect(subjects).toEqual([
    "a channel",
    "jobs\\n (0 of 2)",
    "a channel (1 of 1)",
    "time.Timer",
    "time.Ticker",
    "job: jobs\\n (0 of 2), none: off, closed: a channel",
  ]);
  plain.close();
  expect(String(channelStateOf(plain))).toBe("a channel (closed)");
  jobs.close();
  await full.receive();
  timer.reset(0);
  ticker.reset(1);
  await Promise.all(waits);
  ticker.stop();
});
