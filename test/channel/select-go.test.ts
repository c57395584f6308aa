// Go's own tests of select, under their names in Go.

import { describe, expect, test } from "@jest/globals";
import { Channel, go, receive, type ReceiveCase, select, send, type SendCase, WaitGroup } from "goro";
import { coreOf } from "../../src/channel/channel.ts";
import type { Core } from "../../src/channel/core.ts";
import { quiet } from "../support/promises.ts";

function waiters<T>(ch: Channel<T>): number {
  const core = coreOf(ch) as Core<T>;
  return core.senders.count() + core.receivers.count();
}

/** Adds 1 to the count at `index`. */
function bump(counts: number[], index: number | undefined): void {
  counts[index as number] = (counts[index as number] as number) + 1;
}

// T-S01: R41, R49
test("test/chan/select.go: every value is evaluated in every turn, and null switches a case off", async () => {
  let counter = 0;
  let shift = 0;
  const getValue = (): number => {
    counter++;
    return 1 << shift;
  };
  const sendAll = async (a: Channel<number> | null, b: Channel<number> | null): Promise<number> => {
    let i = 0;
    for (;;) {
      const s = await select({ a: send(a, getValue()), b: send(b, getValue()), default: true });
      switch (s.case) {
        case "a":
          i++;
          a = null;
          break;
        case "b":
          i++;
          b = null;
          break;
        case "default":
          return i;
      }
      shift++;
    }
  };

  const a = new Channel<number>(1);
  const b = new Channel<number>(1);
  expect(await sendAll(a, b)).toBe(2);
  expect(((await a.receive()).value as number) | ((await b.receive()).value as number)).toBe(3);
  expect(await sendAll(a, null)).toBe(1);
  expect(counter).toBe(10);
});

// T-S04: R61
test("test/chan/select4.go: only the arm of the chosen case runs", async () => {
  const x = { a: 0 };
  const f = (): { a: number } => {
    throw new Error("called f");
  };
  const c = new Channel<number>(1);
  const c1 = new Channel<number>();
  c.trySend(42);
  const s = await select({ c1: receive(c1), c: receive(c) });
  switch (s.case) {
    case "c1":
      f().a = s.value as number;
      break;
    case "c":
      x.a = s.value as number;
  }
  expect(x.a).toBe(42);
});

// T-S05: R12, R41, R46, R49, R60
describe("test/chan/select5.go: in every form and combination", () => {
  type Maybe = () => boolean;

  /** Runs `body` once for every way in which its calls of `maybe` can come out, and answers how many there are. */
  async function inEveryWay(body: (maybe: Maybe) => Promise<void>): Promise<number> {
    const path: boolean[] = [];
    for (let ways = 1; ; ways++) {
      let asked = 0;
      await body(() => (path[asked++] ??= true));
      while (path.at(-1) === false) path.pop();
      if (path.length === 0) return ways;
      path[path.length - 1] = false;
    }
  }

  /** Answers its arguments, and makes sure that they are asked for in the order of `place`. */
  function inOrder(): <V>(value: V, place: number) => V {
    let last = 0;
    return (value, place) => {
      expect(place).toBeGreaterThan(last);
      last = place;
      return value;
    };
  }

  type Entry = readonly [name: string, entry: ReceiveCase<number> | SendCase | true];
  type Answer = { readonly case: string | number; readonly value?: number | undefined; readonly ok?: boolean };

  const dummy = new Channel<number>();

  /** The cases around the one that is ready: `default` on either side, and four that never are. */
  function surround(entry: () => Entry, maybe: Maybe, mayDefault: boolean): [Entry[], at: number] {
    const o = inOrder();
    const entries: Entry[] = [];
    const first = mayDefault && maybe();
    if (first) entries.push(["default", true]);
    entries.push(o(entry, 1)());
    if (mayDefault && !first && maybe()) entries.push(["default", true]);
    if (maybe()) entries.push(["dummy send", send(o(dummy, 2), o(1, 3))]);
    if (maybe()) entries.push(["dummy receive", receive(o(dummy, 4))]);
    if (maybe()) entries.push(["null send", send(o(null, 5), o(1, 6))]);
    if (maybe()) entries.push(["null receive", receive(o<Channel<number> | null>(null, 7))]);
    return [entries, entries.findIndex(([name]) => name === "c")];
  }

  function byName(entries: readonly Entry[]): Promise<Answer> {
    return select(Object.fromEntries(entries) as Record<string, ReceiveCase<number>>);
  }

  function byIndex(entries: readonly Entry[]): Promise<Answer> {
    return select(entries.map(([, entry]) => entry as ReceiveCase<number>));
  }

  test("a value that is there is received", async () => {
    const c = new Channel<number>(1);
    let n = 0;
    const ways = await inEveryWay(async (maybe) => {
      c.trySend(++n);
      if (maybe()) {
        expect(await c.receive()).toStrictEqual({ value: n, ok: true });
      } else if (maybe()) {
        const [entries] = surround(() => ["c", receive(c)], maybe, true);
        expect([entries, await byName(entries)]).toStrictEqual([entries, { case: "c", value: n, ok: true }]);
      } else {
        const [entries, at] = surround(() => ["c", receive(c)], maybe, false);
        expect([entries, await byIndex(entries)]).toStrictEqual([entries, { case: at, value: n, ok: true }]);
      }
      expect(c.length).toBe(0);
    });
    expect(ways).toBe(1 + 3 * 16 + 16);
  });

  test("a value is sent where there is room", async () => {
    const c = new Channel<number>(1);
    let n = 0;
    const ways = await inEveryWay(async (maybe) => {
      n++;
      if (maybe()) {
        await c.send(n);
      } else if (maybe()) {
        const [entries] = surround(() => ["c", send(c, n)], maybe, true);
        expect([entries, await byName(entries)]).toStrictEqual([entries, { case: "c" }]);
      } else {
        const [entries, at] = surround(() => ["c", send(c, n)], maybe, false);
        expect([entries, await byIndex(entries)]).toStrictEqual([entries, { case: at }]);
      }
      expect(await c.receive()).toStrictEqual({ value: n, ok: true });
    });
    expect(ways).toBe(1 + 3 * 16 + 16);
  });

  test.each([0, 1])("a value that comes later is received, capacity %d", async (capacity) => {
    const c = new Channel<number>(capacity);
    let n = 0;
    const ways = await inEveryWay(async (maybe) => {
      const named = maybe();
      const [entries, at] = surround(() => ["c", receive(c)], maybe, false);
      const s = named ? byName(entries) : byIndex(entries);
      c.trySend(++n);
      expect([entries, await s]).toStrictEqual([entries, { case: named ? "c" : at, value: n, ok: true }]);
      expect([c.length, waiters(c), waiters(dummy)]).toEqual([0, 0, 0]);
    });
    expect(ways).toBe(2 * 16);
  });

  test.each([0, 1])("a value is sent when somebody takes it, capacity %d", async (capacity) => {
    const c = new Channel<number>(capacity);
    let n = 0;
    for (; n < capacity; n++) c.trySend(n);
    const ways = await inEveryWay(async (maybe) => {
      const named = maybe();
      const [entries, at] = surround(() => ["c", send(c, n)], maybe, false);
      const s = named ? byName(entries) : byIndex(entries);
      expect(c.tryReceive()).toStrictEqual({ value: n++ - capacity, ok: true });
      expect([entries, await s]).toStrictEqual([entries, { case: named ? "c" : at }]);
      expect([c.length, waiters(c), waiters(dummy)]).toEqual([capacity, 0, 0]);
    });
    expect(ways).toBe(2 * 16);
  });

  test("default is taken where nothing is ready, before or after any of them", async () => {
    const ways = await inEveryWay(async (maybe) => {
      const entries: Entry[] = [];
      const first = maybe();
      if (first) entries.push(["default", true]);
      if (maybe()) entries.push(["dummy send", send(dummy, 1)]);
      if (maybe()) entries.push(["null send", send(null, 1)]);
      for (const which of ["a", "b", "c"]) {
        if (maybe()) entries.push([`dummy ${which}`, receive(dummy)]);
        if (maybe()) entries.push([`null ${which}`, receive<number>(null)]);
      }
      if (!first) entries.push(["default", true]);
      expect([entries, await byName(entries)]).toStrictEqual([entries, { case: "default" }]);
      expect(waiters(dummy)).toBe(0);
    });
    expect(ways).toBe(2 * 256);
  });
});

// T-S06: R55
test("test/chan/select6.go: a select that loses on a channel does not spoil its line", async () => {
  const c1 = new Channel<boolean>();
  const c2 = new Channel<boolean>();
  const c3 = new Channel<boolean>();
  const wg = new WaitGroup();
  const said: string[] = [];
  wg.go(() => c1.receive());
  wg.go(async () => {
    const s = await select({ c1: receive(c1), c2: receive(c2) });
    said.push(s.case);
    await c3.send(true);
    await c1.receive();
  });
  wg.go(() => c2.send(true));
  await c3.receive();
  await c1.send(true);
  await c1.send(true);
  await wg.wait();
  expect(said).toEqual(["c2"]);
});

// T-S07: R59, R60
describe("test/chan/select7.go: every form of a receive meets every form of a send", () => {
  const receives: [string, (c: Channel<number>) => Promise<unknown>][] = [
    ["a receive", (c) => c.receive()],
    ["a select of one receive", (c) => select([receive(c)])],
    ["a select of two receives", (c) => select([receive(c), receive(new Channel<number>())])],
  ];
  const sends: [string, (c: Channel<number>) => Promise<unknown>][] = [
    ["a send", (c) => c.send(1)],
    ["a select of one send", (c) => select([send(c, 1)])],
    ["a select of two sends", (c) => select([send(c, 1), send(new Channel<number>(), 1)])],
  ];
  const pairs = receives.flatMap(([r, receiver]) => sends.map(([s, sender]) => [r, s, receiver, sender] as const));

  test.each(pairs)("%s and %s, whichever comes first", async (_r, _s, receiver, sender) => {
    const c = new Channel<number>();
    for (const sides of [
      [receiver, sender],
      [sender, receiver],
    ]) {
      await Promise.all(sides.map((side) => side(c)));
      expect(waiters(c)).toBe(0);
    }
  });
});

// T-S08: R62
test("test/chan/select8.go: break in an arm leaves the select only", async () => {
  const ch = new Channel<number>(3);
  for (let i = 0; i < 3; i++) ch.trySend(5);
  const off: Channel<number> | null = null;
  let left = 0;
  const selects = [
    () => select({ ch: receive(ch) }),
    () => select({ default: true }),
    () => select({ ch: receive(ch), default: true }),
    () => select({ ch: receive(ch), out: send(off, 10), default: true }),
  ];
  for (const start of selects) {
    switch ((await start()).case) {
      case "ch":
      case "default":
        break;
      case "out":
        throw new Error("unreachable");
    }
    left++;
  }
  expect([left, ch.length]).toEqual([4, 0]);
});

// T-S10: R43
test("fixedbugs/issue8336.go: an error in the first operand keeps the second from being evaluated", async () => {
  const x = null as unknown as { c: Channel<number> };
  let called = false;
  const foo = (): Channel<number> => {
    called = true;
    return new Channel<number>();
  };
  const f = async (): Promise<unknown> => select({ x: receive(x.c), foo: receive(foo()) });
  await expect(f()).rejects.toThrow(TypeError);
  expect(called).toBe(false);
});

// T-S13: R29, R54
test("TestSelectStress: senders, receivers and selects on four channels lose nothing and never lock up", async () => {
  const n = 10_000;
  const c = [new Channel<number>(), new Channel<number>(), new Channel<number>(2), new Channel<number>(3)];
  const got = c.map(() => 0);
  const wg = new WaitGroup();
  c.forEach((ch, k) => {
    wg.go(async () => {
      for (let i = 0; i < n; i++) await ch.send(k);
    });
    wg.go(async () => {
      for (let i = 0; i < n; i++) bump(got, (await ch.receive()).value);
    });
  });

  /** Serves each channel `n` times, in selects of `make` over the channels in `order`. */
  const together = async (
    order: readonly number[],
    make: (ch: Channel<number> | null, k: number) => ReceiveCase<number>,
  ): Promise<void> => {
    const left = c.map(() => n);
    for (let i = 0; i < 4 * n; i++) {
      const s = await select(order.map((k) => make(left[k] === 0 ? null : (c[k] as Channel<number>), k)));
      const k = order[s.case] as number;
      left[k] = (left[k] as number) - 1;
      if (s.ok) bump(got, s.value);
    }
    expect(left).toEqual([0, 0, 0, 0]);
  };
  wg.go(together, [3, 2, 0, 1], (ch, k) => send(ch, k) as unknown as ReceiveCase<number>);
  wg.go(together, [0, 1, 2, 3], (ch) => receive(ch));
  await wg.wait();
  expect(got).toEqual([2 * n, 2 * n, 2 * n, 2 * n]);
  expect(c.map((ch) => ch.length + waiters(ch))).toEqual([0, 0, 0, 0]);
});

// T-S14: R44
test("TestSelectFairness: two channels that are always ready are served equally often", async () => {
  const trials = 10_000;
  const c1 = new Channel<number>(trials + 1);
  const c2 = new Channel<number>(trials + 1);
  for (let i = 0; i < trials + 1; i++) {
    c1.trySend(1);
    c2.trySend(2);
  }
  const c3 = new Channel<number>();
  const c4 = new Channel<number>();
  const out = new Channel<number>();
  const done = new Channel<number>();
  const wg = new WaitGroup();
  wg.go(async () => {
    for (;;) {
      const b = await select([receive(c3), receive(c4), receive(c1), receive(c2)]);
      const s = await select({ out: send(out, b.value as number), done: receive(done) });
      if (s.case === "done") return;
    }
  });
  const counts = [0, 0, 0];
  for (let i = 0; i < trials; i++) bump(counts, (await out.receive()).value);
  expect(Math.abs((counts[1] as number) - trials / 2)).toBeLessThan(10 * Math.sqrt(trials / 4));
  done.close();
  await wg.wait();
});

// T-S17: R31, R32, R52
test("TestSelectStackAdjust: close releases selects with cases that are doubled and cases that are off", async () => {
  const c = new Channel<object>();
  const d = new Channel<object>();
  const ready = [new Channel<boolean>(), new Channel<boolean>()];
  const val = {};
  const seen: object[] = [];
  const f = async (ready: Channel<boolean>, dup: boolean): Promise<void> => {
    await ready.send(true);
    let cx: object = val;
    const s = await select({
      c: receive(c),
      c2: receive(dup ? c : null),
      d: receive(d),
      d2: receive(dup ? d : null),
    });
    if (s.case === "c") cx = s.value as object;
    expect([s.case.startsWith("d"), s.value, s.ok]).toEqual([true, undefined, false]);
    seen.push(cx);
    await ready.send(true);
  };
  ready.forEach((r, i) => go(f, r, i === 1));
  for (const r of ready) await r.receive();
  await quiet();
  d.close();
  for (const r of ready) await r.receive();
  expect(seen).toEqual([val, val]);
  expect([waiters(c), waiters(d)]).toEqual([0, 0]);
});
