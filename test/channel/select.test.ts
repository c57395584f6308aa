import { beforeEach, describe, expect, test } from "@jest/globals";
import { Channel, PanicError, receive, type ReceiveCase, select, send } from "goro";
import { ignoreLeaks } from "goro/testing";
import { channelStateOf } from "../../src/channel/channel.ts";
import type { ChannelState } from "../../src/channel/channel-state.ts";
import { type Case, cancelWaiter } from "../../src/channel/select.ts";
import { waitReasons } from "../../src/runtime/wait-reasons.ts";
import { seed } from "../../src/runtime/realm.ts";
import { capacities, stateOf } from "../support/promises.ts";

beforeEach(() => seed(1));

/** Returns a channel of `capacity` whose buffer is full. */
function full(capacity: number): Channel<number> {
  const ch = new Channel<number>(capacity);
  while (ch.length < capacity) ch.trySend(-1);
  return ch;
}

function closed(): Channel<number> {
  const ch = new Channel<number>();
  ch.close();
  return ch;
}

/** Returns the number of waiters in the queues of `ch`. */
function waiters<T>(ch: Channel<T>): number {
  const core = channelStateOf(ch) as ChannelState<T>;
  return core.senders.count() + core.receivers.count();
}

/** Counts the results of `trials` draws. */
async function tally(trials: number, draw: () => Promise<unknown>): Promise<Map<unknown, number>> {
  const counts = new Map<unknown, number>();
  for (let i = 0; i < trials; i++) {
    const result = await draw();
    counts.set(result, (counts.get(result) ?? 0) + 1);
  }
  return counts;
}

/** Expects the results to be distributed as `weights`, within 8 sigma, and no other results. */
function expectShares(counts: ReadonlyMap<unknown, number>, weights: ReadonlyMap<unknown, number>): void {
  const trials = [...counts.values()].reduce((a, b) => a + b);
  const totalWeight = [...weights.values()].reduce((a, b) => a + b);
  expect(new Set(counts.keys())).toEqual(new Set(weights.keys()));
  for (const [result, weight] of weights) {
    const p = weight / totalWeight;
    const off = (counts.get(result) ?? 0) - trials * p;
    expect(Math.abs(off) / Math.sqrt(trials * p * (1 - p))).toBeLessThan(8);
  }
}

const trials = 4_000;

describe("a select with several ready cases", () => {
  // R44
  test.each([2, 3, 5])("chooses each of %d equally often, also with other cases between them", async (n) => {
    const ready = Array.from({ length: n }, closed);
    const never = new Channel<number>();
    const cases = ready.flatMap((ch) => [receive(never), receive(ch)]);
    const byIndex = await tally(trials, async () => (await select(cases)).case);
    expectShares(byIndex, new Map(ready.map((_, i) => [2 * i + 1, 1])));

    const named: Record<string, ReceiveCase<number>> = {};
    ready.forEach((ch, i) => (named[`case ${i}`] = receive(ch)));
    const byName = await tally(trials, async () => (await select({ ...named, never: receive(never) })).case);
    expectShares(byName, new Map(ready.map((_, i) => [`case ${i}`, 1])));
  });

  // R44, R50
  test("chooses a send, a value and a close equally often, with and without default", async () => {
    const values = new Channel<number>(1);
    const room = new Channel<number>(1);
    const over = closed();
    const cases = () => ({ value: receive(values), close: receive(over), send: send(room, 1) });
    for (const start of [() => select(cases()), () => select({ ...cases(), default: true })]) {
      const counts = await tally(trials, async () => {
        values.trySend(1);
        room.tryReceive();
        return (await start()).case;
      });
      expectShares(
        counts,
        new Map([
          ["value", 1],
          ["close", 1],
          ["send", 1],
        ]),
      );
    }
  });

  // R52
  test("chooses each case equally often, also if two cases have the same channel", async () => {
    const a = closed();
    const b = closed();
    const counts = await tally(trials, async () => (await select([receive(a), receive(b), receive(a)])).case);
    expectShares(
      counts,
      new Map([
        [0, 1],
        [1, 1],
        [2, 1],
      ]),
    );
  });

  // R51
  test("may choose a send on a closed channel, which panics", async () => {
    const over = closed();
    const room = new Channel<number>(1);
    const counts = await tally(trials, async () => {
      room.tryReceive();
      return select({ over: send(over, 1), room: send(room, 1) }).then(
        (s) => s.case,
        (error: unknown) => error instanceof PanicError && error.message,
      );
    });
    expectShares(
      counts,
      new Map([
        ["room", 1],
        ["send on closed channel", 1],
      ]),
    );
  });
});

describe("a select that waits", () => {
  // R45
  test.each([2, 3, 4])("is woken by each of %d receives of one channel equally often", async (n) => {
    const ch = new Channel<number>();
    const counts = await tally(trials, async () => {
      const s = select(Array.from({ length: n }, () => receive(ch)));
      ch.trySend(1);
      return (await s).case;
    });
    expectShares(counts, new Map(Array.from({ length: n }, (_, i) => [i, 1])));
    expect(waiters(ch)).toBe(0);
  });

  // R45
  test.each(capacities)("is woken by each of three sends of one channel equally often, capacity %d", async (c) => {
    const ch = full(c);
    const counts = await tally(trials, async () => {
      const s = select({ one: send(ch, 1), two: send(ch, 2), three: send(ch, 3) });
      ch.tryReceive();
      return (await s).case;
    });
    expectShares(
      counts,
      new Map([
        ["one", 1],
        ["two", 1],
        ["three", 1],
      ]),
    );
    expect(waiters(ch)).toBe(0);
  });

  // R45
  test("shuffles the cases of each channel independently of other channels", async () => {
    const a = new Channel<number>();
    const b = new Channel<number>();
    const counts = await tally(trials, async () => {
      const s = select([receive(a), receive(b), receive(a), receive(b)]);
      b.trySend(1);
      return (await s).case;
    });
    expectShares(
      counts,
      new Map([
        [1, 1],
        [3, 1],
      ]),
    );
  });

  // R45, R28
  test("keeps its position in the queue of a channel that it lists three times", async () => {
    const ch = new Channel<number>();
    for (let i = 0; i < 50; i++) {
      const queued = [
        ch.receive(),
        select([receive(ch)]),
        select([receive(ch), receive(ch), receive(ch)]),
        ch.receive(),
      ];
      for (const value of [1, 2, 3, 4]) ch.trySend(value);
      expect((await Promise.all(queued)).map((s) => s.value)).toEqual([1, 2, 3, 4]);
    }
  });

  // R47
  test.each(capacities)("is completed by the first event and ignores later ones, capacity %d", async (capacity) => {
    ignoreLeaks();
    const a = new Channel<string>(capacity);
    const b = full(capacity);
    const s = select({ a: receive(a), b: send(b, 7) });
    expect(await stateOf(s)).toBe("pending");
    b.tryReceive();
    if (capacity === 0) void b.receive();
    expect(a.trySend("late")).toBe(capacity > 0);
    expect(await s).toStrictEqual({ case: "b" });
    expect(a.length).toBe(Math.min(capacity, 1));
  });

  // R55
  test("has left all its queues before any other code runs, and the other waiters keep their order", async () => {
    const a = new Channel<number>();
    const b = new Channel<number>();
    const c = new Channel<number>();
    const first = b.receive();
    const s = select({ a: receive(a), b: receive(b), again: receive(b), c: send(c, 1) });
    const second = b.receive();
    a.trySend(0);
    expect([waiters(a), waiters(b), waiters(c)]).toEqual([0, 2, 0]);
    expect(c.tryReceive()).toBeUndefined();
    b.trySend(1);
    b.trySend(2);
    expect(b.trySend(3)).toBe(false);
    expect(await Promise.all([s, first, second])).toStrictEqual([
      { case: "a", value: 0, ok: true },
      { value: 1, ok: true },
      { value: 2, ok: true },
    ]);
  });

  // R60
  test("has the wait reason select, or that of the plain operation if it has one case", async () => {
    const parked = (): Record<string, number> => Object.fromEntries(waitReasons.map((o) => [o.name, o.waiting]));
    const before = parked();
    const more = (name: string): object => ({ ...before, [name]: (before[name] as number) + 1 });
    const ch = new Channel<number>();
    const first = select([receive(ch)]);
    expect(parked()).toEqual(more("chan receive"));
    ch.trySend(1);
    await first;
    const second = select({ only: send(ch, 1) });
    expect(parked()).toEqual(more("chan send"));
    ch.tryReceive();
    await second;
    const third = select([receive(ch), receive(null)]);
    expect(parked()).toEqual(more("select"));
    ch.trySend(1);
    await third;
    expect(parked()).toEqual(before);
  });

  // R49, R60
  test.each([
    ["select (no cases)", () => select({})],
    ["chan receive (nil chan)", () => select([receive(null)])],
    ["chan send (nil chan)", () => select({ off: send(undefined, 1) })],
    ["select", () => select([receive(null), receive(null)])],
  ])("forever has the wait reason %s", (name, start) => {
    ignoreLeaks();
    const count = (): number | undefined => waitReasons.find((o) => o.name === name)?.waiting;
    const before = count() as number;
    void start();
    expect(count()).toBe(before + 1);
  });
});

describe.each(capacities)("with capacity %d", (capacity) => {
  // R48
  test("losing receives take nothing", async () => {
    const a = new Channel<number>(2_000);
    const b = new Channel<number>(2_000);
    const rest = full(capacity);
    for (let i = 0; i < 1_000; i++) {
      a.trySend(i);
      b.trySend(i);
    }
    const next = { a: 0, b: 0 };
    for (let i = 0; i < 1_000; i++) {
      const s = await select({ a: receive(a), b: receive(b), rest: send(rest, 0) });
      if (s.case !== "rest") expect(s.value).toBe(next[s.case]++);
    }
    expect([a.length, b.length, rest.length]).toEqual([1_000 - next.a, 1_000 - next.b, capacity]);
    expect(next.a + next.b).toBe(1_000);
  });

  // R48
  test("losing sends send nothing, whether the select waited or not", async () => {
    const a = full(capacity);
    const b = full(capacity);
    const s = select({ a: send(a, 1), b: send(b, 2) });
    const values: unknown[] = [];
    for (let i = 0; i <= capacity; i++) values.push((await b.receive()).value);
    expect(await s).toStrictEqual({ case: "b" });
    expect(values.at(-1)).toBe(2);
    expect([a.length, b.length, waiters(a), waiters(b)]).toEqual([capacity, 0, 0, 0]);

    if (capacity === 0) return;
    a.tryReceive();
    b.tryReceive();
    await select({ a: send(a, 1), b: send(b, 2) });
    expect(a.length + b.length).toBe(capacity - 1 + 1);
  });

  // R46, R59
  test("default is taken if no case is ready", async () => {
    const empty = new Channel<number>(capacity);
    const cases = {
      receive: receive(empty),
      send: send(full(capacity), 1),
      off: receive(null),
      default: true,
    } as const;
    expect(await select(cases)).toStrictEqual({ case: "default" });
    expect(waiters(empty)).toBe(0);
  });

  // R46, R59
  test("an array of cases takes its default if no case is ready, and not otherwise", async () => {
    const [from, to] = [new Channel<number>(1), new Channel<number>()];
    const cases = [receive(from), send(to, 1)];
    expect(await select(cases, { default: true })).toStrictEqual({ case: "default" });
    from.trySend(5);
    expect(await select(cases, { default: true })).toStrictEqual({ case: 0, value: 5, ok: true });
    expect(await select([], { default: true })).toStrictEqual({ case: "default" });
  });

  test.each([true, null, {}, { default: false }, { default: true, other: 1 }, receive(null)])(
    "%p as the options of an array of cases is a TypeError",
    async (options) => {
      const refused = (select as (...args: unknown[]) => Promise<unknown>)([receive(new Channel())], options);
      await expect(refused).rejects.toThrow(/^select: .*(default|options)/);
      await expect(refused).rejects.toThrow(TypeError);
    },
  );

  test("default is not taken if a peer waits, and the peer is served", async () => {
    const to = new Channel<number>(capacity);
    const receiver = to.receive();
    expect(await select({ send: send(to, 5), default: true })).toStrictEqual({ case: "send" });
    expect(await receiver).toStrictEqual({ value: 5, ok: true });
    expect(to.length).toBe(0);

    const from = full(capacity);
    const sender = from.send(6);
    const s = await select({ receive: receive(from), default: true });
    expect(s).toStrictEqual({ case: "receive", value: capacity === 0 ? 6 : -1, ok: true });
    await sender;
    expect(from.length).toBe(capacity);
  });

  // R50
  test("a closed channel returns its buffered values, and is then always ready", async () => {
    const ch = full(capacity);
    ch.close();
    for (let i = 0; i < capacity; i++) {
      expect(await select([receive(ch)])).toStrictEqual({ case: 0, value: -1, ok: true });
    }
    const end = { case: "ch", value: undefined, ok: false };
    expect(await select({ ch: receive(ch) })).toStrictEqual(end);
    expect(await select({ ch: receive(ch), default: true })).toStrictEqual(end);
  });

  // R51
  test("a send on a closed channel panics, with default and without", async () => {
    const ch = new Channel<number>(capacity);
    ch.close();
    const panic = new PanicError("send on closed channel");
    await expect(select({ ch: send(ch, 1) })).rejects.toThrow(panic);
    await expect(select({ ch: send(ch, 1), default: true })).rejects.toThrow(panic);
    expect(ch.length).toBe(0);
  });

  // R53
  test("send and receive on one channel never pair with each other", async () => {
    ignoreLeaks();
    const ch = new Channel<number>(capacity);
    const both = { out: send(ch, 1), in: receive(ch) };
    if (capacity === 0) {
      expect(await select({ ...both, default: true })).toStrictEqual({ case: "default" });
      expect(await stateOf(select(both))).toBe("pending");
    } else {
      expect(await select(both)).toStrictEqual({ case: "out" });
      expect(await ch.receive()).toStrictEqual({ value: 1, ok: true });
      while (ch.trySend(2));
      expect(await select(both)).toStrictEqual({ case: "in", value: 2, ok: true });
      expect(ch.length).toBe(capacity - 1);
    }
  });

  // R32, R55
  test("close wakes every waiting select once", async () => {
    const ch = new Channel<number>(capacity);
    const never = new Channel<number>();
    const selects = Array.from({ length: 1_000 }, () =>
      select({ ch: receive(ch), never: receive(never), again: receive(ch) }),
    );
    ch.close();
    expect([waiters(ch), waiters(never)]).toEqual([0, 0]);
    for (const s of await Promise.all(selects)) {
      expect([s.case === "never", s.value, s.ok]).toEqual([false, undefined, false]);
    }
  });

  // R18, R32
  test("close makes every waiting send panic, and the value is not received", async () => {
    const ch = full(capacity);
    const never = new Channel<number>();
    const selects = Array.from({ length: 10 }, (_, i) => select({ never: receive(never), ch: send(ch, i) }));
    ch.close();
    for (const s of await Promise.allSettled(selects)) {
      expect(s).toEqual({ status: "rejected", reason: new PanicError("send on closed channel") });
    }
    expect([ch.length, waiters(ch), waiters(never)]).toEqual([capacity, 0, 0]);
  });

  // R26
  test.each([
    ["undefined", undefined],
    ["null", null],
    ["NaN", NaN],
    ["a promise", Promise.resolve(1)],
    ["a thenable", { then: (f: (value: string) => void) => f("called") }],
    ["a function", () => 1],
  ])("%s arrives unchanged", async (_, value) => {
    const ch = new Channel<unknown>(capacity);
    const waits = select({ ch: receive(ch) });
    await select([send(ch, value)]);
    expect(await waits).toStrictEqual({ case: "ch", value, ok: true });
    const sender = select([send(ch, value)]);
    const s = await select({ ch: receive(ch) });
    expect(s.value).toBe(value);
    await sender;
  });
});

describe("a case whose channel is null or undefined", () => {
  // R49
  test("is off: it is never ready, and neither waits nor panics", async () => {
    const ch = new Channel<number>(1);
    ch.trySend(1);
    const s = await select({ a: receive(null), b: send(undefined, 1), ch: receive(ch), c: receive(undefined) });
    expect(s).toStrictEqual({ case: "ch", value: 1, ok: true });
    expect(await select([send(null, 1), send(ch, 2)])).toStrictEqual({ case: 1 });
    expect(await select({ off: receive(null), default: true })).toStrictEqual({ case: "default" });
  });

  // R49
  test("does not prevent the select from waiting for the other cases", async () => {
    const ch = new Channel<number>();
    const s = select([receive(null), receive(ch), send(undefined, 1)]);
    ch.trySend(1);
    expect(await s).toStrictEqual({ case: 1, value: 1, ok: true });
  });

  // R49
  test("lets a loop over several channels end", async () => {
    let a: Channel<number> | null = full(3);
    let b: Channel<number> | null = full(5);
    a.close();
    b.close();
    let count = 0;
    while (a !== null || b !== null) {
      const s = await select({ a: receive(a), b: receive(b) });
      if (s.ok) count++;
      else if (s.case === "a") a = null;
      else b = null;
    }
    expect(count).toBe(8);
  });
});

// R49
test.each([
  ["select({})", () => select({})],
  ["select([])", () => select([])],
  ["a select of cases that are off", () => select({ a: receive(null), b: send(undefined, 1) })],
])("%s waits forever", async (_, start) => {
  ignoreLeaks();
  expect(await stateOf(start())).toBe("pending");
});

// R49
test("a select with only a default does not wait", async () => {
  expect(await select({ default: true })).toStrictEqual({ case: "default" });
});

// R42
test("cases are snapshots: a later assignment to the variable of a channel does not change the case", async () => {
  const first = new Channel<string>();
  const other = new Channel<string>(1);
  other.trySend("other");
  let ch = first;
  const s = select({
    ch: receive(ch),
    never: send(new Channel<number>(), ((ch = other), first.close(), 1)),
  });
  expect(ch).toBe(other);
  expect(await s).toStrictEqual({ case: "ch", value: undefined, ok: false });
  expect(other.length).toBe(1);
});

// R58
test("a select with default sees one instant: a value that only changes channels is never missed", async () => {
  const a = new Channel<number>(2);
  const b = new Channel<number>(2);
  a.trySend(0);
  const move = async (): Promise<void> => {
    for (let i = 0; i < 1_000; i++) {
      const [from, to] = i % 2 === 0 ? [a, b] : [b, a];
      await to.send(i);
      await from.receive();
    }
  };
  const moving = move();
  for (let i = 0; i < 1_000; i++) {
    const s = await select({ a: receive(a), b: receive(b), default: true });
    expect(s.case).not.toBe("default");
    if (s.case !== "default") (s.case === "a" ? a : b).trySend(s.value as number);
  }
  await moving;
});

describe("two selects", () => {
  // R54
  test("rendezvous in the only matching pair of cases", async () => {
    const [a, b, c] = [new Channel<number>(), new Channel<number>(), new Channel<number>()];
    const sender = select({ a: send(a, 1), b: send(b, 2) });
    const receiver = select({ c: receive(c), b: receive(b) });
    expect(await sender).toStrictEqual({ case: "b" });
    expect(await receiver).toStrictEqual({ case: "b", value: 2, ok: true });
    expect([waiters(a), waiters(b), waiters(c)]).toEqual([0, 0, 0]);
  });

  // R44, R54
  test("rendezvous once, in each of the matching pairs equally often", async () => {
    const a = new Channel<string>();
    const b = new Channel<string>();
    const counts = await tally(trials, async () => {
      const sender = select({ a: send(a, "a"), b: send(b, "b") });
      const receiver = await select({ b: receive(b), a: receive(a) });
      expect((await sender).case).toBe(receiver.case);
      expect(receiver.value).toBe(receiver.case);
      return receiver.case;
    });
    expectShares(
      counts,
      new Map([
        ["a", 1],
        ["b", 1],
      ]),
    );
    expect([waiters(a), waiters(b)]).toEqual([0, 0]);
  });

  // R53, R54
  test("that both send and receive on one channel pair with each other, in either direction", async () => {
    const ch = new Channel<number>();
    const counts = await tally(trials, async () => {
      const first = select({ out: send(ch, 1), in: receive(ch) });
      const second = await select({ out: send(ch, 2), in: receive(ch) });
      expect(await first).toStrictEqual(second.case === "in" ? { case: "out" } : { case: "in", value: 2, ok: true });
      return second.case;
    });
    expectShares(
      counts,
      new Map([
        ["out", 1],
        ["in", 1],
      ]),
    );
    expect(waiters(ch)).toBe(0);
  });
});

describe("a select that waits to send and to receive on one channel", () => {
  const ch = new Channel<number>();
  const start = (): Promise<unknown> => select({ out: send(ch, 1), in: receive(ch) });

  // R53
  test("is served by a sender or a receiver", async () => {
    const sends = start();
    expect(await ch.receive()).toStrictEqual({ value: 1, ok: true });
    expect(await sends).toStrictEqual({ case: "out" });
    const receives = start();
    await ch.send(2);
    expect(await receives).toStrictEqual({ case: "in", value: 2, ok: true });
    expect(waiters(ch)).toBe(0);
  });

  // R32: closechan of runtime/chan.go releases the receivers first.
  test("completes its receive case when the channel is closed", async () => {
    const s = start();
    ch.close();
    expect(await s).toStrictEqual({ case: "in", value: undefined, ok: false });
  });
});

// R18
test("a send that waits rejects when its channel is closed", async () => {
  const ch = new Channel<number>();
  const s = select({ ch: send(ch, 1), never: receive(null) });
  ch.close();
  await expect(s).rejects.toThrow(PanicError);
});

// R62
test("break exits the switch, continue starts the next iteration, and return exits the function", async () => {
  const ch = new Channel<string>(4);
  for (const word of ["break", "continue", "return", "never"]) ch.trySend(word);
  const log: string[] = [];
  const loop = async (): Promise<string> => {
    for (;;) {
      const s = await select({ ch: receive(ch) });
      switch (s.case) {
        case "ch":
          log.push(s.value ?? "closed");
          if (s.value === "break") break;
          if (s.value === "continue") continue;
          return "returned";
      }
      log.push("after the switch");
    }
  };
  expect(await loop()).toBe("returned");
  expect(log).toEqual(["break", "after the switch", "continue", "return"]);
  expect(ch.length).toBe(1);
});

describe("a case can be used again", () => {
  test("after its select, whether it won or lost, waited or not, by name and by index", async () => {
    const ch = new Channel<number>(1);
    const other = new Channel<string>();
    const out = send(ch, 1);
    const value = receive(ch);
    const word = receive(other);
    for (let i = 0; i < 3; i++) {
      expect(await select({ out, word })).toStrictEqual({ case: "out" });
      const waits = select([word, out]);
      expect(await select({ value })).toStrictEqual({ case: "value", value: 1, ok: true });
      expect(await waits).toStrictEqual({ case: 1 });
      ch.tryReceive();
      const receives = select({ value, word });
      other.trySend("hello");
      expect(await receives).toStrictEqual({ case: "word", value: "hello", ok: true });
    }
    ch.close();
    expect(await select([value])).toStrictEqual({ case: 0, value: undefined, ok: false });
    await expect(select([out])).rejects.toThrow(PanicError);
    await expect(select([out])).rejects.toThrow(PanicError);
  });

  test("after a select that was refused", async () => {
    const ch = full(1);
    const reused = receive(ch);
    await expect(select([reused, 5 as never])).rejects.toThrow(TypeError);
    expect(await select({ reused })).toStrictEqual({ case: "reused", value: -1, ok: true });
  });

  test("by other selects while a select waits with it", async () => {
    const ch = new Channel<number>();
    const off = receive(null);
    const reused = receive(ch);
    const first = select({ reused, off });
    const second = select({ two: reused, off });
    const third = select([off, reused]);
    expect(waiters(ch)).toBe(3);
    for (const value of [1, 2, 3]) ch.trySend(value);
    expect(await first).toStrictEqual({ case: "reused", value: 1, ok: true });
    expect(await second).toStrictEqual({ case: "two", value: 2, ok: true });
    expect(await third).toStrictEqual({ case: 1, value: 3, ok: true });
    expect(waiters(ch)).toBe(0);
    expect(await select({ off, default: true })).toStrictEqual({ case: "default" });
  });

  test("and its value is sent each time, by any of the selects", async () => {
    const ch = new Channel<string>();
    const out = send(ch, "again");
    const selects = [select({ out }), select([out]), select({ a: out, b: receive(null) })];
    for (let i = 0; i < 3; i++) expect(ch.tryReceive()).toStrictEqual({ value: "again", ok: true });
    expect((await Promise.all(selects)).map((s) => s.case)).toEqual(["out", 0, "a"]);
    expect(ch.tryReceive()).toBeUndefined();
  });

  test("twice in one select, with equal probability", async () => {
    const ch = new Channel<number>(1);
    const reused = receive(ch);
    const won = { a: 0, b: 0, waited: { a: 0, b: 0 } };
    for (let i = 0; i < 400; i++) {
      ch.trySend(i);
      won[(await select({ a: reused, b: reused })).case]++;
      const waits = select({ a: reused, b: reused });
      ch.trySend(i);
      won.waited[(await waits).case]++;
    }
    for (const { a, b } of [won, won.waited]) {
      expect(a + b).toBe(400);
      expect(Math.abs(a - b)).toBeLessThan(100);
    }
  });

  test("after a select that was canceled, which leaves no waiter behind", async () => {
    ignoreLeaks();
    const ch = new Channel<number>();
    const reused = receive(ch) as unknown as Case<number>;
    void select([reused as never, receive(null)]);
    cancelWaiter(reused.pendingSelect as object);
    expect([waiters(ch), reused.pendingSelect, receive(ch) === (reused as never)]).toEqual([0, null, true]);
    const s = select([reused as never]);
    ch.trySend(1);
    expect(await s).toStrictEqual({ case: 0, value: 1, ok: true });
  });

  test("by the next select, without a new object", async () => {
    const ch = full(1);
    const reused = receive(ch);
    expect(receive(ch)).toBe(reused);
    const selected = select({ reused });
    // Without an await, which may take a turn of the event loop.
    expect(receive(ch)).toBe(reused);
    await selected;
    const waits = select({ reused });
    expect(receive(ch)).not.toBe(reused);
    ch.trySend(1);
    expect(await waits).toStrictEqual({ case: "reused", value: 1, ok: true });
  });
});

test("cases can be serialized as JSON, also while selects wait with them", () => {
  ignoreLeaks();
  const ch = new Channel<number>();
  const cases = { in: receive(ch), off: receive(null), out: send(full(1), 2) };
  void select(cases);
  void select([receive(ch), receive(ch)]);
  expect(JSON.stringify(cases)).toBe('{"in":"chan receive","off":"chan receive","out":"chan send"}');
  expect(JSON.stringify({ ch, steps: ch[Symbol.asyncIterator]() })).toBe('{"ch":{},"steps":{}}');
});

describe("bad input", () => {
  const ready = closed();

  test.each<[string, unknown, string]>([
    [
      "no object",
      undefined,
      "select: cases must be an object, such as { value: receive(ch), sent: send(other, value) }, got undefined",
    ],
    [
      "null",
      null,
      "select: cases must be an object, such as { value: receive(ch), sent: send(other, value) }, got null",
    ],
    [
      "a string",
      "ab",
      'select: cases must be an object, such as { value: receive(ch), sent: send(other, value) }, got "ab"',
    ],
    [
      "a function",
      Number,
      "select: cases must be an object, such as { value: receive(ch), sent: send(other, value) }, got function",
    ],
    [
      "a channel",
      ready,
      "select: cases must be an object, such as { value: receive(ch), sent: send(other, value) }, got a Channel",
    ],
    [
      "a case",
      receive(ready),
      "select: cases must be an object, such as { value: receive(ch), sent: send(other, value) }, got a case of select",
    ],
    [
      "a channel for a case",
      { a: ready },
      "select: a must be a case, made by receive, send or promise, got a Channel; write receive(ch) or send(ch, value)",
    ],
    [
      "undefined for a case",
      { a: undefined },
      "select: a must be a case, made by receive, send or promise, got undefined",
    ],
    ["true for a case", { a: true }, "select: a must be a case, made by receive, send or promise, got true"],
    ["an array with true", [true], "select: 0 must be a case, made by receive, send or promise, got true"],
    ["an array with a hole", new Array(2), "select: 0 must be a case, made by receive, send or promise, got undefined"],
    [
      "an object that prints as a case",
      [{ toString: () => "a case" }],
      "select: 0 must be a case, made by receive, send or promise, got [object Object]",
    ],
    [
      "a look-alike of a case",
      [{ ...receive(ready) }],
      "select: 0 must be a case, made by receive, send or promise, got [object Object]",
    ],
    ["default: false", { default: false }, "select: default must be true, got false"],
    ["default: undefined", { default: undefined }, "select: default must be true, got undefined"],
    ["a case as default", { default: receive(ready) }, "select: default must be true, got a case of select"],
  ])("%s is a TypeError, by rejection", async (_, cases, message) => {
    const s = select(cases as never) as Promise<unknown>;
    await expect(s).rejects.toThrow(TypeError);
    await expect(s).rejects.toThrow(message);
  });

  test.each(["/", ":", "", "-1", "a1", "1", "0a", "9-", "4294967295", "1e3", "Ω", "constructor", "__proto__"])(
    "%j is a good name",
    async (name) => {
      const cases = Object.fromEntries([[name, receive(ready)]]) as Record<string, ReceiveCase<number>>;
      expect(await select(cases)).toStrictEqual({ case: name, value: undefined, ok: false });
    },
  );

  test("numeric names are returned unchanged, and are chosen as often as other names", async () => {
    const counts = new Map<string, number>();
    for (let i = 0; i < 3000; i++) {
      const s = await select({ b: receive(ready), 7: receive(ready), "07": receive(ready) });
      const name: "b" | "7" | "07" = s.case;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual(["07", "7", "b"]);
    for (const count of counts.values()) expect(count).toBeGreaterThan(850);
  });

  test("cases as separate arguments are a TypeError", async () => {
    const both = (select as (...cases: unknown[]) => Promise<unknown>)(receive(ready), receive(ready));
    await expect(both).rejects.toThrow(
      "select: cases must be one object, such as { value: receive(ch), sent: send(other, value) }, got more arguments",
    );
    const channels = (select as (...cases: unknown[]) => Promise<unknown>)(new Channel(), new Channel());
    await expect(channels).rejects.toThrow("select: cases must be one object");
  });

  // R43
  test("prevents the cases before it from being served", async () => {
    const ch = full(1);
    await expect(select({ ch: receive(ch), bad: 1 } as never)).rejects.toThrow(TypeError);
    await expect(select([receive(ch), 1 as never])).rejects.toThrow(TypeError);
    const empty = new Channel<number>();
    await expect(select([receive(empty), 1 as never])).rejects.toThrow(TypeError);
    expect([ch.length, waiters(empty)]).toEqual([1, 0]);
  });

  // R43
  test("an error of a getter rejects the select", async () => {
    const error = new Error("from the getter");
    const cases = {
      get a(): ReceiveCase<number> {
        throw error;
      },
    };
    await expect(select(cases)).rejects.toBe(error);
  });

  test.each<[string, unknown, string]>([
    ["a number", 5, "5"],
    ["a string", "ch", '"ch"'],
    ["a function", Number, "function Number"],
    ["an object", {}, "[object Object]"],
    ["false", false, "false"],
    ["a look-alike of a channel", Object.create(ready) as unknown, "a proxy or an imitation of a Channel"],
    ["a proxy of a channel", new Proxy(ready, {}), "a proxy or an imitation of a Channel"],
  ])("receive and send throw if the channel is %s", (_, channel, shown) => {
    expect(() => receive(channel as never)).toThrow(TypeError);
    expect(() => receive(channel as never)).toThrow(`receive: channel must be a Channel or null, got ${shown}`);
    expect(() => send(channel as never, 1)).toThrow(TypeError);
    expect(() => send(channel as never, 1)).toThrow(`send: channel must be a Channel or null, got ${shown}`);
  });
});
