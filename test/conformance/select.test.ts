// Go's own tests of select.

import { describe, expect, test } from "@jest/globals";
import {
  Channel,
  go,
  gosched,
  PanicError,
  receive,
  type ReceiveCase,
  type ReceiveChannel,
  select,
  send,
  type SendCase,
  type SendChannel,
  time,
  WaitGroup,
} from "goro";
import { bubble, waitUntilBlocked } from "goro/testing";
import { inBubble } from "../support/contexts.ts";
import { quiet } from "../support/promises.ts";

const seeds = [1, 2, 3, 4, 5];

/** Expects that nobody waits at `ch`, which is empty and without a buffer. */
function expectIdle(...channels: Channel<number>[]): void {
  for (const ch of channels) expect([ch.trySend(1), ch.tryReceive()]).toEqual([false, undefined]);
}

/** A new channel of capacity 1 that holds `value`. */
function holding<T>(value: T): Channel<T> {
  const ch = new Channel<T>(1);
  ch.trySend(value);
  return ch;
}

/** Adds 1 to the count at `index`. */
function bump(counts: number[], index: number | undefined): void {
  counts[index as number] = (counts[index as number] as number) + 1;
}

// T-S01; R41, R49
test("chan/select.go: every value is evaluated in every turn, and null switches a case off", async () => {
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
  const [av, bv] = [await a.receive(), await b.receive()];
  expect((av.value as number) | (bv.value as number)).toBe(3);
  expect(await sendAll(a, null)).toBe(1);
  expect(counter).toBe(10);
});

// Go calls what blocks `testBlock(always)`. Here a bubble tells, with the words that Go has for it in a report.
// R16, R17, R23, R27, R46, R47, R49, R50, R51, R53
describe("chan/select3.go", () => {
  const closed = new Channel<number>();
  closed.close();
  type Row = readonly [what: string, f: () => Promise<unknown>, outcome: unknown];
  const ended = { value: undefined, ok: false };
  const none = { case: "default" };

  test.each<readonly [what: string, f: () => Promise<unknown>, wait: string]>([
    ["a send to no channel", () => select([send(null, 7)]), "chan send (nil chan)"],
    ["a receive from no channel", () => select([receive(null)]), "chan receive (nil chan)"],
    ["a receive from a channel that is not ready", () => new Channel<number>().receive(), "chan receive"],
    ["a select of no cases, by name", () => select({}), "select (no cases)"],
    ["a select of no cases, by index", () => select([]), "select (no cases)"],
    ["a select that receives from no channel", () => select({ r: receive(null) }), "chan receive (nil chan)"],
    ["a select that sends to no channel", () => select({ s: send(null, 7) }), "chan send (nil chan)"],
    ["a select that does both", () => select({ r: receive(null), s: send(null, 7) }), "select"],
    [
      "a select that receives from a channel that is not ready",
      () => select({ r: receive(new Channel<number>()) }),
      "chan receive",
    ],
    [
      "a select that meets itself",
      () => {
        const c = new Channel<number>();
        return select({ s: send(c, 1), r: receive(c) });
      },
      "select",
    ],
  ])("%s always blocks", async (_, f, wait) => {
    const report = `deadlock: all goroutines in bubble are blocked\n\ngoroutine 1 [${wait}]:`;
    await expect(bubble(f)).rejects.toThrow(report);
  });

  test.each<Row>([
    ["a send to a buffer with room", () => new Channel<number>(1).send(7), undefined],
    ["a receive from a closed channel", () => closed.receive(), ended],
    ["a select of nothing but default", () => select({ default: true }), none],
    ["a select with default that receives from no channel", () => select({ r: receive(null), default: true }), none],
    ["a select with default that sends to no channel", () => select({ s: send(null, 7), default: true }), none],
    [
      "a select with default that sends where there is room",
      () => select({ s: send(new Channel<number>(1), 7), default: true }),
      { case: "s" },
    ],
    [
      "a select with default that receives a value that is there",
      () => select({ r: receive(holding(7)), default: true }),
      { case: "r", value: 7, ok: true },
    ],
    ["a select that receives from a closed channel", () => select({ r: receive(closed) }), { case: "r", ...ended }],
    ["the same by index", () => select([receive(closed)]), { case: 0, ...ended }],
  ])("%s never blocks", async (_, f, outcome) => {
    for (let i = 0; i < 10; i++) await bubble(async () => expect(await f()).toEqual(outcome));
  });

  test.each<readonly [what: string, f: () => Promise<unknown>]>([
    ["a send to a closed channel", () => closed.send(7)],
    ["a select that sends to a closed channel", () => select({ s: send(closed, 7) })],
    ["the same by index", () => select([send(closed, 7)])],
    ["the same with default", () => select({ s: send(closed, 7), default: true })],
  ])("%s always panics", async (_, f) => {
    await expect(f()).rejects.toThrow(new PanicError("send on closed channel"));
    await expect(f()).rejects.toBeInstanceOf(PanicError);
  });
});

// T-S04; R61
test("chan/select4.go: only the arm of the chosen case runs", async () => {
  const x = { a: 0 };
  const f = (): { a: number } => {
    throw new Error("called f");
  };
  const c = holding(42);
  const c1 = new Channel<number>();
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

// T-S05; R12, R41, R46, R49, R60, R61
describe("chan/select5.go: in every form and combination", () => {
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

  type Order = <V>(value: V, place: number) => V;

  /** Answers its arguments, and makes sure that they are asked for in the order of `place`. */
  function inOrder(): Order {
    let last = 0;
    return (value, place) => {
      expect(place).toBeGreaterThan(last);
      last = place;
      return value;
    };
  }

  type Entry = readonly [name: string, entry: ReceiveCase<number> | SendCase | true];
  type Answer = { readonly case: string; readonly value?: number; readonly ok?: boolean };

  const dummy = new Channel<number>();
  const none: Channel<number> | null = null;

  /** A select over cases, and perhaps default, in this order. */
  function over(entries: readonly Entry[]): Promise<Answer> {
    return select(Object.fromEntries(entries) as Record<string, ReceiveCase<number>>) as Promise<Answer>;
  }

  /** The case that is ready, `default` on either side or not at all, and four that never are. */
  function surround(ready: () => Entry, maybe: Maybe, o: Order): Entry[] {
    const entries: Entry[] = [];
    const first = maybe();
    if (first) entries.push(["default", true]);
    entries.push(ready());
    if (!first && maybe()) entries.push(["default", true]);
    if (maybe()) entries.push(["dummy send", send(o(dummy, 3), o(1, 4))]);
    if (maybe()) entries.push(["dummy receive", receive(o(dummy, 5))]);
    if (maybe()) entries.push(["null send", send(o(none, 6), o(1, 7))]);
    if (maybe()) entries.push(["null receive", receive(o(none, 8))]);
    return entries;
  }

  let x: number;
  let any: unknown;
  const record = { x: 0 };
  const map = new Map<number, number>();

  /** Go's ways to take a value that was received. */
  const variable = (value: number): unknown => (x = value);
  const indirect = (value: number, o: Order): unknown => {
    o(record, 100).x = value;
    return (x = record.x);
  };
  const constant = (value: number): unknown => {
    const y = value;
    return (x = y);
  };
  const interfaced = (value: number): unknown => {
    any = value;
    return (x = any as number);
  };
  const mapped = (value: number, o: Order): unknown => {
    map.set(o(13, 100), value);
    return (x = map.get(13) as number);
  };

  async function receiveInOneWay(
    forms: readonly ((value: number, o: Order) => unknown)[],
    c: Channel<number>,
    maybe: Maybe,
    o: Order,
  ): Promise<void> {
    let take = forms.at(-1) as (value: number, o: Order) => unknown;
    const ready = (): Entry => {
      for (const form of forms.slice(0, -1)) {
        if (maybe()) {
          take = form;
          break;
        }
      }
      return ["c", receive(o(c, 1))];
    };
    const entries = surround(ready, maybe, o);
    const s = await over(entries);
    expect([entries, s.case, s.ok]).toEqual([entries, "c", true]);
    take(s.value as number, o);
  }

  async function sendInOneWay(c: Channel<number>, n: number, maybe: Maybe, o: Order): Promise<void> {
    const entries = surround(() => ["c", send(o(c, 1), o(n, 2))], maybe, o);
    expect([entries, await over(entries)]).toStrictEqual([entries, { case: "c" }]);
  }

  test("recv: a value that is there is received, in 241 ways", async () => {
    const c = new Channel<number>(1);
    let n = 0;
    const ways = await inEveryWay(async (maybe) => {
      await c.send(++n);
      if (maybe()) x = (await c.receive()).value as number;
      else await receiveInOneWay([variable, indirect, constant, interfaced, mapped], c, maybe, (value) => value);
      expect([x, c.length]).toEqual([n, 0]);
    });
    expect(ways).toBe(241);
    expectIdle(dummy);
  });

  test("recvOrder: the operands in order, and what is done with the value last, in 194 ways", async () => {
    const c = new Channel<number>(1);
    let n = 0;
    const ways = await inEveryWay(async (maybe) => {
      const o = inOrder();
      await c.send(++n);
      if (maybe()) {
        o(record, 1).x = (await o(c, 2).receive()).value as number;
        x = record.x;
      } else if (maybe()) {
        map.set(o(13, 1), (await o(c, 2).receive()).value as number);
        x = map.get(13) as number;
      } else {
        await receiveInOneWay([indirect, constant, interfaced, mapped], c, maybe, o);
      }
      expect([x, c.length]).toEqual([n, 0]);
    });
    expect(ways).toBe(194);
    expectIdle(dummy);
  });

  test("send: a value is sent where there is room, in 49 ways", async () => {
    const c = new Channel<number>(1);
    let n = 0;
    const ways = await inEveryWay(async (maybe) => {
      n++;
      if (maybe()) await c.send(n);
      else await sendInOneWay(c, n, maybe, (value) => value);
      expect(await c.receive()).toStrictEqual({ value: n, ok: true });
    });
    expect(ways).toBe(49);
    expectIdle(dummy);
  });

  test("sendOrder: channels and values in order, in 49 ways", async () => {
    const c = new Channel<number>(1);
    let n = 0;
    const ways = await inEveryWay(async (maybe) => {
      const o = inOrder();
      n++;
      if (maybe()) await o(c, 1).send(o(n, 2));
      else await sendInOneWay(c, n, maybe, o);
      expect(await c.receive()).toStrictEqual({ value: n, ok: true });
    });
    expect(ways).toBe(49);
    expectIdle(dummy);
  });

  test("nonblock: default is taken where nothing is ready, before or after any of them, in 512 ways", async () => {
    const ways = await inEveryWay(async (maybe) => {
      const entries: Entry[] = [];
      const first = maybe();
      if (first) entries.push(["default", true]);
      if (maybe()) entries.push(["dummy send", send(dummy, 1)]);
      if (maybe()) entries.push(["null send", send(none, 1)]);
      for (const which of ["a", "b", "c"]) if (maybe()) entries.push([`dummy ${which}`, receive(dummy)]);
      for (const which of ["a", "b", "c"]) if (maybe()) entries.push([`null ${which}`, receive(none)]);
      if (!first) entries.push(["default", true]);
      expect([entries, await over(entries)]).toStrictEqual([entries, { case: "default" }]);
    });
    expect(ways).toBe(512);
    expectIdle(dummy);
  });

  // Go has no other form of select; here there is one more, and one more moment: the partner comes later.
  test.each([0, 1])("a select that has to wait is served when its partner comes, capacity %d", async (capacity) => {
    const c = new Channel<number>(capacity);
    let n = 0;
    const ways = await inEveryWay(async (maybe) => {
      const sends = maybe();
      n = sends ? 0 : n + 1;
      for (let i = 0; sends && i < capacity; i++) c.trySend(n);
      const cases: (ReceiveCase<number> | SendCase)[] = [sends ? send(c, n) : receive(c)];
      if (maybe()) cases.push(send(dummy, 1));
      if (maybe()) cases.push(receive(dummy));
      if (maybe()) cases.unshift(send(none, 1));
      if (maybe()) cases.unshift(receive(none));
      const at = cases.length;
      const s = select(cases);
      if (sends) expect(c.tryReceive()).toStrictEqual({ value: n, ok: true });
      else expect(c.trySend(n)).toBe(true);
      const found = await s;
      expect([at, "ok" in found ? found : "sent"]).toEqual([
        at,
        sends ? "sent" : { case: found.case, value: n, ok: true },
      ]);
      while (c.tryReceive() !== undefined);
    });
    expect(ways).toBe(2 * 16);
    expectIdle(dummy);
  });
});

// T-S06; R55
test.each(seeds)("chan/select6.go: a select that loses on a channel does not spoil its line (seed %i)", (seed) =>
  inBubble(
    async () => {
      const c1 = new Channel<boolean>();
      const c2 = new Channel<boolean>();
      const c3 = new Channel<boolean>();
      const said: string[] = [];
      go(() => c1.receive());
      go(async () => {
        const s = await select({ c1: receive(c1), c2: receive(c2) });
        said.push(s.case);
        await c3.send(true);
        await c1.receive();
      });
      go(() => c2.send(true));
      await c3.receive();
      await c1.send(true);
      await c1.send(true);
      expect(said).toEqual(["c2"]);
    },
    { seed },
  ),
);

// T-S07; R54, R59, R60
describe("chan/select7.go", () => {
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

  test.each(pairs)("%s meets %s, whichever comes first", async (_r, _s, receiver, sender) => {
    for (const [first, second] of [
      [receiver, sender],
      [sender, receiver],
    ] as const) {
      const c = new Channel<number>();
      const wg = new WaitGroup();
      wg.go(first, c);
      await gosched();
      await second(c);
      await wg.wait();
      expectIdle(c);
    }
  });
});

// T-S08; R62
test("chan/select8.go: break in an arm leaves the select only", async () => {
  const ch = new Channel<number>();
  const stop = new Channel<void>();
  let sent = 0;
  go(async () => {
    while ((await select({ ch: send(ch, 5), stop: receive(stop) })).case === "ch") sent++;
  });
  await quiet();
  let left = 0;
  for (const start of [
    () => select({ ch: receive(ch) }),
    () => select({ default: true }),
    () => select({ ch: receive(ch), default: true }),
    () => select({ ch: receive(ch), out: send(ch, 10), default: true }),
  ]) {
    switch ((await start()).case) {
      case "ch":
      case "default":
        break;
      case "out":
        throw new Error("unreachable");
    }
    left++;
  }
  stop.close();
  await quiet();
  expect(left).toBe(4);
  expect(sent).toBeGreaterThanOrEqual(1);
});

// R57
test("chanlinear.go: work with selects on one channel grows no faster than their number", async () => {
  const messages = 10;
  const timeOf = async (n: number): Promise<number> => {
    const c = new Channel<boolean>();
    const own = Array.from({ length: n }, () => new Channel<boolean>());
    const wg = new WaitGroup();
    const start = performance.now();
    for (const d of own) {
      wg.go(async () => {
        for (let j = 0; j < messages; j++) await select({ c: receive(c), d: receive(d) });
      });
    }
    for (let i = 0; i < messages; i++) for (const d of own) await d.send(true);
    await wg.wait();
    return performance.now() - start;
  };
  // Twice the number should take twice the time. Go allows three times, and several tries.
  let ratio = Infinity;
  for (let tries = 0, n = 1_000; tries < 8 && ratio >= 3; tries++) {
    const once = await timeOf(n);
    ratio = (await timeOf(2 * n)) / once;
    if (n < 8_000) n *= 2;
  }
  expect(ratio).toBeLessThan(3);
});

// T-S10; R43
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

// R41, R42
test("fixedbugs/issue4313.go: a value is evaluated before the operands behind it", async () => {
  const c = new Channel<number>(1);
  let x = 0;
  const makeChannel = (): Channel<boolean> => {
    x = 42;
    return new Channel<boolean>();
  };
  await select({ c: send(c, x), other: receive(makeChannel()) });
  expect([(await c.receive()).value, x]).toEqual([0, 42]);
});

// R42
describe("fixedbugs/issue43111.go", () => {
  const none: Channel<number> | null = null;
  let ch: Channel<number> | null;
  const f = (): number => {
    ch?.close();
    ch = null;
    return 0;
  };

  test.each<readonly [string, () => Promise<{ readonly ok?: boolean }>]>([
    ["by name", () => select({ ch: receive(ch), none: send(none, f()) }) as Promise<{ ok: boolean }>],
    ["by index", () => select([receive(ch), send(none, f())]) as Promise<{ ok: boolean }>],
  ])("a channel that a later operand closes, and whose variable it sets to null, is received from %s", async (_, s) => {
    ch = new Channel<number>();
    expect((await s()).ok).toBe(false);
    expect(ch).toBeNull();
  });

  test("a value that a later operand changes is sent as it was", async () => {
    const ch1 = new Channel<number>(1);
    let x = 42;
    ch = ch1;
    const g = (): number => {
      ch = null;
      x = 0;
      return 0;
    };
    await select({ ch: send(ch, x), none: send(none, g()) });
    expect([await ch1.receive(), x]).toEqual([{ value: 42, ok: true }, 0]);
  });
});

// R24, R60
test("fixedbugs/issue43292.go, bug312.go: an object of another class arrives as it is, in every form", async () => {
  interface I {
    m(): string;
  }
  class A implements I {
    m(): string {
      return "A";
    }
  }
  class B implements I {
    m(): string {
      return "B";
    }
  }
  for (const take of [
    (b: Channel<I>) => b.receive(),
    (b: Channel<I>) => select({ b: receive(b) }),
    (b: Channel<I>) => select([receive(b)]),
  ]) {
    let i: I = new A();
    const { value, ok } = await take(holding<I>(new B()));
    if (ok) i = value;
    expect(i.m()).toBe("B");
  }
});

// R61
test("fixedbugs/issue48289.go, bug320.go: each turn has a value of its own", async () => {
  const ch = new Channel<number>(1);
  const dummy = new Channel<number>();
  const later: (() => number)[] = [];
  for (let i = 0; i < 10; i++) {
    await ch.send(i);
    const s = await select({ ch: receive(ch), dummy: send(dummy, 1) });
    if (s.case === "ch" && s.ok) {
      const { value } = s;
      later.push(() => value);
    }
  }
  expect(later.map((f) => f())).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

// R46, R50
test("fixedbugs/issue8347.go: default has no ok, and a close has false", async () => {
  const c = new Channel<boolean>(1);
  const oks: unknown[] = [];
  let ok = true;
  for (let i = 0; i < 12; i++) {
    const s = await select({ c: receive(c), default: true });
    if (s.case === "c") ok = s.ok;
    oks.push(ok);
    if (i >= 10 && ok) c.close();
  }
  expect(oks).toEqual([...Array.from({ length: 11 }, () => true), false]);
});

// R50
test("fixedbugs/issue19201.go: a case of a closed channel is chosen, and not one that is not ready", async () => {
  const ch1 = new Channel<number>();
  const ch2 = new Channel<number>();
  ch1.close();
  for (let i = 0; i < 20; i++) {
    const s = await select({ ch1: receive(ch1), ch2: receive(ch2) });
    expect(s).toEqual({ case: "ch1", value: undefined, ok: false });
  }
});

// What must compile, and what must not: `npm run types` tests it.
// R6, R60
test("fixedbugs/issue6847.go: what a channel holds, and what is sent, need only fit", async () => {
  const c = new Channel<number>();
  const [cr, cs]: [ReceiveChannel<number>, SendChannel<number>] = [c, c];
  const [ccr, ccs, cc] = [
    new Channel<ReceiveChannel<number>>(3),
    new Channel<SendChannel<number>>(2),
    new Channel<Channel<number>>(3),
  ];
  await select({ a: send(ccr, cr), b: send(ccr, c) });
  await select({ a: send(ccs, cs), b: send(ccs, c) });
  await select({ a: send(ccr, c), default: true });
  for (let i = 0; i < 3; i++) await cc.send(c);
  const s = await select({ a: receive(cc), b: receive(cc), c: receive(cc) });
  const ends: [ReceiveChannel<number> | undefined, SendChannel<number> | undefined] = [s.value, s.value];
  expect(ends).toEqual([c, c]);
  expect([ccr.length, ccs.length, cc.length]).toEqual([2, 1, 2]);
  // @ts-expect-error -- one cannot send where one can only receive.
  const wrong = send(cr, 1);
  // @ts-expect-error -- nor hand that to somebody who would.
  const worse = send(ccs, cr);
  expect([wrong, worse]).toHaveLength(2);
});

// R60
test("fixedbugs/issue25958.go: a channel alone is no case", async () => {
  const done = new Channel<void>();
  // @ts-expect-error -- must be receive or send.
  await expect(select({ done })).rejects.toThrow(TypeError);
  // @ts-expect-error -- must be receive or send.
  await expect(select([done])).rejects.toThrow(TypeError);
});

// R47
test.each(seeds)(
  "fixedbugs/issue59680.go: a loop over a stop and a timeout computes until it is told (seed %i)",
  (seed) =>
    inBubble(
      async () => {
        const stop = new Channel<void>();
        let calls = 0;
        let kept = 0;
        const wg = new WaitGroup();
        wg.go(async () => {
          let v = 0;
          for (;;) {
            const s = await select({ stop: receive(stop), timeout: receive(time.after(time.millisecond)) });
            if (s.case === "stop") {
              kept = v;
              return;
            }
            calls++;
            v = 17 * 17;
          }
        });
        await time.sleep(10.5 * time.millisecond);
        await stop.send();
        await wg.wait();
        expect([calls, kept]).toEqual([10, 289]);
      },
      { seed },
    ),
);

// T-S13; R29, R49, R54
test("TestSelectStress: senders, receivers and selects on four channels lose nothing and never lock up", async () => {
  const n = 10_000;
  const c = [new Channel<number>(), new Channel<number>(), new Channel<number>(2), new Channel<number>(3)] as const;
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
  wg.go(async () => {
    const left = [n, n, n, n];
    for (let i = 0; i < 4 * n; i++) {
      const [c0, c1, c2, c3] = c.map((ch, k) => (left[k] === 0 ? null : ch));
      const s = await select({ c3: send(c3, 3), c2: send(c2, 2), c0: send(c0, 0), c1: send(c1, 1) });
      const k = Number(s.case.slice(1));
      left[k] = (left[k] as number) - 1;
    }
    expect(left).toEqual([0, 0, 0, 0]);
  });
  wg.go(async () => {
    const left = [n, n, n, n];
    let strange = 0;
    for (let i = 0; i < 4 * n; i++) {
      const s = await select(c.map((ch, k) => receive(left[k] === 0 ? null : ch)));
      left[s.case] = (left[s.case] as number) - 1;
      if (s.value !== s.case) strange++;
      bump(got, s.value);
    }
    expect([left, strange]).toEqual([[0, 0, 0, 0], 0]);
  });
  await wg.wait();
  expect(got).toEqual([2 * n, 2 * n, 2 * n, 2 * n]);
  expectIdle(c[0], c[1]);
  expect([c[2].length, c[3].length]).toEqual([0, 0]);
});

// T-S14; R44
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
  // Ten sigma, as in Go.
  expect(Math.abs((counts[1] as number) - trials / 2)).toBeLessThan(10 * Math.sqrt(trials / 4));
  expect(counts).toEqual([0, counts[1], trials - (counts[1] as number)]);
  done.close();
  await wg.wait();
});

// R46, R58
test.each(seeds)("TestNonblockSelectRace: while one of two channels is ready, default is not taken (seed %i)", (seed) =>
  inBubble(
    async () => {
      const done = new Channel<boolean>(1);
      for (let i = 0; i < 1_000; i++) {
        const c1 = holding(1);
        const c2 = new Channel<number>(1);
        go(async () => {
          const s = await select({ c1: receive(c1), c2: receive(c2), default: true });
          await done.send(s.case !== "default");
        });
        await c2.send(1);
        await select({ c1: receive(c1), default: true });
        expect((await done.receive()).value).toBe(true);
      }
    },
    { seed },
  ),
);

// R46, R50, R58
test.each(seeds)("TestNonblockSelectRace2: nor while one of them is closed (seed %i)", (seed) =>
  inBubble(
    async () => {
      const done = new Channel<boolean>(1);
      for (let i = 0; i < 1_000; i++) {
        const c1 = holding(1);
        const c2 = new Channel<number>();
        go(async () => {
          const s = await select({ c1: receive(c1), c2: receive(c2), default: true });
          await done.send(s.case !== "default");
        });
        c2.close();
        await select({ c1: receive(c1), default: true });
        expect((await done.receive()).value).toBe(true);
      }
    },
    { seed },
  ),
);

// R52, R55
test.each(seeds)(
  "TestSelectDuplicateChannel: a select that listed a channel twice leaves no trace there (seed %i)",
  (seed) =>
    inBubble(
      async () => {
        const c = new Channel<number>();
        const d = new Channel<number>();
        const e = new Channel<number>();
        const woken: unknown[] = [];
        go(async () => {
          const s = await select([receive(c), receive(c), receive(d)]);
          woken.push(s);
          await e.send(9);
        });
        await time.sleep(time.millisecond);
        go(async () => woken.push(await c.receive()));
        await time.sleep(time.millisecond);
        await d.send(7);
        await e.receive();
        await c.send(8);
        await waitUntilBlocked();
        expect(woken).toEqual([
          { case: 2, value: 7, ok: true },
          { value: 8, ok: true },
        ]);
        expectIdle(c, d);
      },
      { seed },
    ),
);

// T-S17; R31, R32, R49, R52
test("TestSelectStackAdjust: close releases selects with cases that are doubled and cases that are off", async () => {
  const c = new Channel<object>();
  const d = new Channel<object>();
  const ready = [new Channel<boolean>(), new Channel<boolean>()];
  const val = { n: 42 };
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
  expect([c.trySend({}), c.tryReceive()]).toEqual([false, undefined]);
});
