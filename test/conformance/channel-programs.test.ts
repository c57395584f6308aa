// Go's own tests of channels that are whole programs of many goroutines, under their names in Go.

import { describe, expect, test } from "@jest/globals";
import {
  Channel,
  type Context,
  context,
  defer,
  go,
  gosched,
  main,
  PanicError,
  receive,
  type ReceiveChannel,
  type ReceiveResult,
  select,
  send,
  type SendChannel,
  time,
  WaitGroup,
} from "goro";
import { bubble } from "goro/testing";

const seeds = [1, 2, 3];

/** Runs `f` as a Go program of its own: when it returns the program is over, whoever still waits. */
function program(f: () => Promise<void>, seed: number): Promise<void> {
  return bubble(() => main(f), { seed });
}

/** What was received, from a channel that nobody closes. */
function sure<T>(r: ReceiveResult<T>): T {
  if (!r.ok) throw new Error("nobody closes it");
  return r.value;
}

describe("chan/doubleselect.go", () => {
  async function doubleSelect(n: number): Promise<void> {
    const channels = [0, 1, 2, 3].map(() => new Channel<number>());
    const merged = new Channel<number>();
    const done = new Channel<boolean>();
    go(async () => {
      for (let i = 0; i < n; i++) await select(channels.map((ch) => send(ch, i)));
      for (const ch of channels) ch.close();
    });
    for (const ch of channels) {
      go(async () => {
        for await (const v of ch) await merged.send(v);
        await done.send(true);
      });
    }
    go(async () => {
      for (const _ of channels) await done.receive();
      merged.close();
    });
    const seen = new Set<number>();
    for await (const v of merged) {
      if (seen.has(v)) throw new Error(`got ${v} twice`);
      seen.add(v);
    }
    expect(seen.size).toBe(n);
  }

  // R29, R48
  test("a select that could send to each of four channels sends to one, 100,000 times", async () => {
    await doubleSelect(100_000);
  });

  // R29, R48
  test.each(seeds)("the same in any order of the goroutines (seed %i)", async (seed) => {
    await bubble(() => doubleSelect(1000), { seed });
  });
});

// R11, R49
test.each(seeds)("chan/sieve2.go: multiples that are merged sieve the odd numbers (seed %i)", async (seed) => {
  interface Peeked {
    head: number;
    readonly ch: ReceiveChannel<number>;
  }

  /** A channel of `start`, `start` + `step` and so on. */
  function counting(start: number, step: number, capacity: number): ReceiveChannel<number> {
    const out = new Channel<number>(capacity);
    go(async () => {
      for (let n = start; ; n += step) await out.send(n);
    });
    return out;
  }

  /** A channel that always takes more, and passes it on to `out`. */
  function sendProxy(out: SendChannel<number>): SendChannel<number> {
    const proxy = new Channel<number>(10);
    go(async () => {
      const queue: number[] = [];
      for (;;) {
        const s = await select({ in: receive(proxy), out: send(queue.length === 0 ? null : out, queue[0] ?? NaN) });
        if (s.case === "in") queue.push(sure(s));
        else queue.shift();
      }
    });
    return proxy;
  }

  function sieve(): ReceiveChannel<number> {
    const out = new Channel<number>(10);
    const composites = new Channel<number>(50);
    const primes = new Channel<number>(10);
    for (const prime of [2, 3]) out.trySend(prime);
    primes.trySend(3);

    // Merges the multiples of all primes into the composites, each once.
    go(async () => {
      const heap: Peeked[] = [];
      let min = 15;
      const next = async (): Promise<void> => {
        const least = heap.reduce((a, b) => (b.head < a.head ? b : a));
        min = least.head;
        least.head = sure(await least.ch.receive());
      };
      for (;;) {
        const prime = sure(await primes.receive());
        const multiples = counting(prime * prime, 2 * prime, 10);
        const head = sure(await multiples.receive());
        while (min < head) {
          await composites.send(min);
          await next();
        }
        while (min === head) await next();
        await composites.send(head);
        heap.push({ head: sure(await multiples.receive()), ch: multiples });
      }
    });

    // Takes the composites away from the candidates. The loop back needs the proxy: it is read later than written.
    go(async () => {
      const found = sendProxy(primes);
      const candidates = counting(5, 2, 50);
      let p = sure(await candidates.receive());
      for (;;) {
        const c = sure(await composites.receive());
        while (p < c) {
          await found.send(p);
          await out.send(p);
          p = sure(await candidates.receive());
        }
        if (p === c) p = sure(await candidates.receive());
      }
    });
    return out;
  }

  const got: number[] = [];
  await program(async () => {
    const primes = sieve();
    for (let i = 0; i < 25; i++) got.push(sure(await primes.receive()));
  }, seed);
  // prettier-ignore
  expect(got).toEqual([2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97]);
});

// R11, R14
test.each(seeds)(
  "235.go: three multipliers behind buffers make all numbers of 2, 3 and 5 in order (seed %i)",
  async (seed) => {
    const got: number[] = [];
    await program(async () => {
      const multiplier = (factor: number): { in: Channel<number>; out: Channel<number>; head: number } => {
        const ends = { in: new Channel<number>(100), out: new Channel<number>(100), head: 1 };
        go(async () => {
          for (;;) await ends.out.send(factor * sure(await ends.in.receive()));
        });
        return ends;
      };
      const multipliers = [2, 3, 5].map(multiplier);
      let x = 1;
      for (let i = 0; i < 100; i++) {
        for (const m of multipliers) await m.in.send(x);
        for (const m of multipliers) if (m.head === x) m.head = sure(await m.out.receive());
        x = Math.min(...multipliers.map((m) => m.head));
        got.push(x);
      }
    }, seed);
    const onlyFactors = (n: number): boolean => {
      for (const factor of [2, 3, 5]) while (n % factor === 0) n /= factor;
      return n === 1;
    };
    expect(got).toEqual(Array.from({ length: 1599 }, (_, i) => i + 2).filter(onlyFactors));
  },
);

describe("ken/chan.go", () => {
  const end = 10_000;

  /** Values are numbers that count up; both ends know which comes next, and a channel that has had its last is null. */
  class Chan {
    static none = new Chan(null, 0);

    sends: Channel<number> | null;
    receives: Channel<number> | null;
    next: number;
    expected: number;

    constructor(ch: Channel<number> | null, first: number) {
      this.sends = ch;
      this.receives = ch;
      this.next = first;
      this.expected = first;
    }
  }

  class Run {
    readonly #wg = new WaitGroup();
    readonly totals = { sent: 0, received: 0 };
    #last = 0;
    #random = 0;

    #below(n: number): number {
      this.#random = (this.#random + 10_007) % 1_000_000;
      return this.#random % n;
    }

    async #pause(n: number): Promise<void> {
      for (let r = this.#below(n); r >= 0; r--) await gosched();
    }

    make(capacity: number, n: number): Chan[] {
      return Array.from({ length: n }, () => new Chan(new Channel<number>(capacity), (this.#last += 100)));
    }

    #after(value: number): number {
      return value % 100 === 75 ? end : value + 1;
    }

    /** Notes a send; whether it was the last. */
    #sent(c: Chan): boolean {
      this.totals.sent++;
      c.next = this.#after(c.next);
      if (c.next === end) c.sends = null;
      return c.sends === null;
    }

    /** Notes a receive; whether it was the last. */
    #received(c: Chan, r: ReceiveResult<number>): boolean {
      if (sure(r) !== c.expected) throw new Error(`got ${String(r.value)}, expected ${c.expected}`);
      this.totals.received++;
      c.expected = this.#after(c.expected);
      if (c.expected === end) c.receives = null;
      return c.receives === null;
    }

    send(...all: Chan[]): void {
      for (const c of all) {
        this.#wg.go(async () => {
          do {
            await this.#pause(10);
            await c.sends?.send(c.next);
          } while (!this.#sent(c));
        });
      }
    }

    receive(...all: Chan[]): void {
      for (const c of all) {
        this.#wg.go(async () => {
          for (;;) {
            await this.#pause(10);
            const r = await c.receives?.receive();
            if (r === undefined || this.#received(c, r)) return;
          }
        });
      }
    }

    select(from: readonly Chan[], to: readonly Chan[]): void {
      const none = Chan.none;
      const [r0 = none, r1 = none, r2 = none, r3 = none] = from;
      const [s0 = none, s1 = none, s2 = none, s3 = none] = to;
      this.#wg.go(async () => {
        for (let left = from.length + to.length; left > 0;) {
          await this.#pause(5);
          const s = await select({
            r0: receive(r0.receives),
            r1: receive(r1.receives),
            r2: receive(r2.receives),
            r3: receive(r3.receives),
            s0: send(s0.sends, s0.next),
            s1: send(s1.sends, s1.next),
            s2: send(s2.sends, s2.next),
            s3: send(s3.sends, s3.next),
          });
          const chan = { r0, r1, r2, r3, s0, s1, s2, s3 }[s.case];
          if ("ok" in s ? this.#received(chan, s) : this.#sent(chan)) left--;
        }
      });
    }

    wait(): Promise<void> {
      return this.#wg.wait();
    }
  }

  async function tests(capacity: number): Promise<void> {
    const run = new Run();
    const four = (): Chan[] => run.make(capacity, 4);

    // Sends meet receives.
    let [a, b, c] = [four(), [] as Chan[], [] as Chan[]];
    run.send(...a);
    run.receive(...a);
    await run.wait();

    // Sends meet selects.
    a = four();
    run.send(...a);
    run.select(a, []);
    await run.wait();

    // Selects meet receives.
    a = four();
    run.receive(...a);
    run.select([], a);
    await run.wait();

    // Selects meet selects.
    a = four();
    run.select([], a);
    run.select(a, []);
    await run.wait();

    // Selects that send and receive meet each other.
    [a, b] = [four(), four()];
    run.select(b, a);
    run.select(a, b);
    await run.wait();

    // All of it at once.
    [a, b, c] = [four(), four(), four()];
    run.send(...b);
    run.receive(...c);
    run.select(b, a);
    run.select(a, c);
    await run.wait();

    const channels = 4 * 4 + 8 + 12;
    expect(run.totals).toEqual({ sent: channels * 76, received: channels * 76 });
  }

  // R11, R29, R49, R54
  test.each([0, 1, 10, 100])("sends, receives and selects meet in every pairing, capacity %i", async (capacity) => {
    await tests(capacity);
  });

  // R11, R29, R49, R54
  test.each(seeds)("the same in any order of the goroutines (seed %i)", async (seed) => {
    await bubble(
      async () => {
        for (const capacity of [0, 1, 10, 100]) await tests(capacity);
      },
      { seed },
    );
  });
});

describe.each(seeds)("typeparam/chans.go (seed %i)", (seed) => {
  async function readAll<T>(ctx: Context, ch: ReceiveChannel<T>): Promise<T[]> {
    const all: T[] = [];
    for (;;) {
      const s = await select({ done: receive(ctx.done()), value: receive(ch) });
      if (s.case === "done" || !s.ok) return all;
      all.push(s.value);
    }
  }

  function merge<T>(ctx: Context, a: ReceiveChannel<T>, b: ReceiveChannel<T>): ReceiveChannel<T> {
    const out = new Channel<T>();
    go(async () => {
      using _ = defer(() => out.close());
      const from: { a: ReceiveChannel<T> | null; b: ReceiveChannel<T> | null } = { a, b };
      while (from.a !== null || from.b !== null) {
        const s = await select({ done: receive(ctx.done()), a: receive(from.a), b: receive(from.b) });
        if (s.case === "done") return;
        if (s.ok) await out.send(s.value);
        else from[s.case] = null;
      }
    });
    return out;
  }

  function filter<T>(ctx: Context, ch: ReceiveChannel<T>, f: (value: T) => boolean): ReceiveChannel<T> {
    const out = new Channel<T>();
    go(async () => {
      using _ = defer(() => out.close());
      for (;;) {
        const s = await select({ done: receive(ctx.done()), value: receive(ch) });
        if (s.case === "done" || !s.ok) return;
        if (f(s.value)) await out.send(s.value);
      }
    });
    return out;
  }

  function sink<T>(ctx: Context): SendChannel<T> {
    const ch = new Channel<T>();
    go(async () => {
      for (;;) {
        const s = await select({ done: receive(ctx.done()), value: receive(ch) });
        if (s.case === "done" || !s.ok) return;
      }
    });
    return ch;
  }

  /** A value that one goroutine at a time may have. */
  class Exclusive<T> {
    readonly #ch = new Channel<T>(1);

    constructor(initial: T) {
      this.#ch.trySend(initial);
    }

    async acquire(): Promise<T> {
      return sure(await this.#ch.receive());
    }

    tryAcquire(): T | undefined {
      return this.#ch.tryReceive()?.value;
    }

    release(value: T): void {
      if (!this.#ch.trySend(value)) throw new PanicError("release without acquire");
    }
  }

  function sending<T>(...values: T[]): ReceiveChannel<T> {
    const ch = new Channel<T>();
    go(async () => {
      for (const value of values) await ch.send(value);
      ch.close();
    });
    return ch;
  }

  const inBubble = (f: (ctx: Context) => Promise<void>): Promise<void> =>
    bubble(() => f(context.background()), { seed });

  // R22, R50
  test("TestReadAll: all values until the close", async () => {
    await inBubble(async (ctx) => expect(await readAll(ctx, sending(4, 2, 5))).toEqual([4, 2, 5]));
  });

  // R29, R49
  test("TestMerge: a channel that has been closed is switched off, and the other goes on", async () => {
    await inBubble(async (ctx) => {
      const got = await readAll(ctx, merge(ctx, sending(1, 3, 5), sending(2, 4, 6)));
      expect(got.filter((n) => n % 2 === 1)).toEqual([1, 3, 5]);
      expect(got.filter((n) => n % 2 === 0)).toEqual([2, 4, 6]);
      expect(got).toHaveLength(6);
    });
  });

  // R34
  test("TestFilter: a close is passed on", async () => {
    await inBubble(async (ctx) => {
      expect(
        await readAll(
          ctx,
          filter(ctx, sending(1, 2, 3), (n) => n % 2 === 0),
        ),
      ).toEqual([2]);
    });
  });

  // R47
  test("TestSink: every send is taken before the timer goes off", async () => {
    await inBubble(async (ctx) => {
      const ch = sink<number>(ctx);
      const after = new time.Timer(time.minute);
      for (const v of [1, 2, 3]) {
        expect((await select({ sent: send(ch, v), after: receive(after.c) })).case).toBe("sent");
      }
      ch.close();
      expect(after.stop()).toBe(true);
    });
  });

  // R70
  test("TestExclusive: a value in a buffer of one is a lock", async () => {
    await inBubble(async () => {
      const ex = new Exclusive({ val: 0 });
      const wg = new WaitGroup();
      for (let g = 0; g < 2; g++) {
        wg.go(async () => {
          for (let i = 0; i < 10; i++) {
            const p = await ex.acquire();
            const { val } = p;
            await gosched();
            p.val = val + 1;
            ex.release(p);
          }
        });
      }
      await wg.wait();
      expect(await ex.acquire()).toEqual({ val: 20 });
    });
  });

  // R59
  test("TestExclusiveTry: a value that somebody has is not to be had", async () => {
    await inBubble(async () => {
      const ex = new Exclusive({ s: "" });
      const p = ex.tryAcquire();
      if (p === undefined) throw new Error("nobody has it");
      p.s = "a";
      const wg = new WaitGroup();
      wg.go(() => expect(ex.tryAcquire()).toBeUndefined());
      await wg.wait();
      ex.release(p);
      expect(() => ex.release(p)).toThrow(PanicError);
      expect(ex.tryAcquire()).toEqual({ s: "a" });
    });
  });
});
