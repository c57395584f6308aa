// Go's own tests of channels, under their names in Go: of the language, in test/ and test/chan/, and of runtime.

import { describe, expect, test } from "@jest/globals";
import {
  Channel,
  context,
  go,
  gosched,
  main,
  Mutex,
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
import { bubble, waitUntilBlocked } from "goro/testing";
import { quiet, stateOf } from "../support/promises.ts";

const closed = { value: undefined, ok: false };
const sendOnClosed = new PanicError("send on closed channel");
const seeds = [1, 2, 3, 4, 5];

/** Runs `f` as a Go program of its own: when it returns the program is over, whoever still waits. */
function program(f: () => Promise<void>, seed: number): Promise<void> {
  return bubble(() => main(f), { seed });
}

function numbers(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}

// T-C01; R11, R14
test("chan/fifo.go AsynchFifo: what fills a buffer leaves it in the same order", async () => {
  const ch = new Channel<number>(10);
  for (let i = 0; i < 10; i++) await ch.send(i);
  for (let i = 0; i < 10; i++) expect(await ch.receive()).toEqual({ value: i, ok: true });
  expect(ch.tryReceive()).toBeUndefined();
});

// T-C02; R11, R13
test.each(seeds)(
  "chan/fifo.go SynchFifo: a daisy chain takes values in the order of the chain (seed %i)",
  async (seed) => {
    const taken: unknown[] = [];
    async function chain(
      ch: ReceiveChannel<number>,
      id: number,
      left: ReceiveChannel<number>,
      right: SendChannel<number>,
    ) {
      await left.receive();
      taken.push([id, (await ch.receive()).value]);
      await right.send(1);
    }
    await bubble(
      async () => {
        const ch = new Channel<number>();
        const start = new Channel<number>();
        let left = start;
        for (let id = 0; id < 10; id++) {
          const right = new Channel<number>();
          go(chain, ch, id, left, right);
          left = right;
        }
        await start.send(0);
        for (let i = 0; i < 10; i++) await ch.send(i);
        await left.receive();
      },
      { seed },
    );
    expect(taken).toEqual(numbers(10).map((i) => [i, i]));
  },
);

// T-C03; R72
test("chan/goroutines.go: one value travels through 10,000 goroutines and as many channels", async () => {
  // Each adds 1 to the value, so that none can be left out.
  async function f(left: SendChannel<number>, right: ReceiveChannel<number>) {
    const { value = NaN } = await right.receive();
    await left.send(value + 1);
  }
  const leftmost = new Channel<number>();
  let left = leftmost;
  for (let i = 0; i < 10_000; i++) {
    const right = new Channel<number>();
    go(f, left, right);
    left = right;
  }
  go((ch: SendChannel<number>) => ch.send(1), left);
  expect(await leftmost.receive()).toEqual({ value: 10_001, ok: true });
});

// T-C04; R59
describe.each([0, 1])("chan/nonblock.go: on a channel of capacity %i", (capacity) => {
  const kinds = [
    ["a small number", 123, 234],
    ["a big integer", 123_456n, 234_567n],
    ["a boolean", true, true],
    ["a string", "hello", "hello again"],
  ] as const;

  describe.each(kinds)("%s", (_, first, second) => {
    test.each(seeds)("passes by a try as soon as the partner has come, and not before (seed %i)", async (seed) => {
      const tries = 10_000;
      await bubble(
        async () => {
          const ch = new Channel<typeof first | typeof second>(capacity);
          const strobe = new Channel<boolean>();
          expect(ch.tryReceive()).toBeUndefined();

          go(async () => {
            expect(await ch.receive()).toEqual({ value: first, ok: true });
            await strobe.send(true);
          });
          if (capacity === 0) expect(ch.trySend(first)).toBe(false);
          for (let n = 0; !ch.trySend(first); n++) {
            expect(n).toBeLessThan(tries);
            await time.sleep(time.millisecond);
          }
          await strobe.receive();

          go(async () => {
            await ch.send(second);
            await strobe.send(true);
          });
          if (capacity > 0) await strobe.receive();
          let r = ch.tryReceive();
          for (let n = 0; r === undefined; n++, r = ch.tryReceive()) {
            expect(n).toBeLessThan(tries);
            await time.sleep(time.millisecond);
          }
          expect(r).toEqual({ value: second, ok: true });
          if (capacity === 0) await strobe.receive();
          expect(ch.tryReceive()).toBeUndefined();
        },
        { seed },
      );
    });
  });
});

// T-C08; R9
test("chan/sendstmt.go chanchan: a channel that comes out of a channel is the operand of a case", async () => {
  const cc = new Channel<Channel<number>>(1);
  const ch = new Channel<number>(1);
  await cc.send(ch);
  expect(await select({ sent: send((await cc.receive()).value, 2), default: true })).toEqual({ case: "sent" });
  expect(await ch.receive()).toEqual({ value: 2, ok: true });
});

// R12
test("chan/sendstmt.go sendprec: the whole expression is the value that is sent", async () => {
  const ch = new Channel<boolean>(1);
  const [no, yes] = [false, true];
  await ch.send(no || yes);
  expect(await ch.receive()).toEqual({ value: true, ok: true });
});

// T-C09; R36, R65
test.each(seeds)("chan/sieve1.go: a chain of filters sieves the primes, and need not end (seed %i)", async (seed) => {
  async function generate(ch: SendChannel<number>) {
    for (let i = 2; ; i++) await ch.send(i);
  }
  async function filter(from: ReceiveChannel<number>, to: SendChannel<number>, prime: number) {
    for await (const i of from) if (i % prime !== 0) await to.send(i);
  }
  async function sieve(primes: SendChannel<number>) {
    let ch = new Channel<number>();
    go(generate, ch);
    for (;;) {
      const { value: prime = NaN } = await ch.receive();
      await primes.send(prime);
      const next = new Channel<number>();
      go(filter, ch, next, prime);
      ch = next;
    }
  }
  const got: unknown[] = [];
  await program(async () => {
    const primes = new Channel<number>();
    go(sieve, primes);
    for (let i = 0; i < 25; i++) got.push((await primes.receive()).value);
  }, seed);
  // prettier-ignore
  expect(got).toEqual([2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97]);
});

// T-C11; R8
test.each([
  ["void", undefined],
  ["empty arrays", []],
])("chan/zerosize.go: there are channels of %s, with a buffer and without", async (_, nothing) => {
  for (const capacity of [0, 1]) {
    const ch = new Channel<typeof nothing>(capacity);
    expect([ch.length, ch.capacity]).toEqual([0, capacity]);
    const sent = ch.send(nothing);
    expect(ch.length).toBe(capacity);
    expect(await ch.receive()).toEqual({ value: nothing, ok: true });
    await sent;
    ch.close();
    expect(await ch.receive()).toEqual(closed);
  }
});

// T-C12; R17, R23, R24, R25, R30, R50, R51
describe("closedchan.go", () => {
  interface Form {
    send(ch: Channel<number>, value: number): Promise<unknown>;
    trySend(ch: Channel<number>, value: number): Promise<unknown>;
    receive(ch: Channel<number>): Promise<ReceiveResult<number>>;
    tryReceive(ch: Channel<number>): Promise<ReceiveResult<number>>;
  }

  const dummy = new Channel<number>();

  function received(s: { case: string; value?: number | undefined; ok?: boolean }): ReceiveResult<number> {
    expect(s.case).toBe("it");
    return { value: s.value, ok: s.ok } as ReceiveResult<number>;
  }

  const forms: Record<string, Form> = {
    "plain operations": {
      send: (ch, value) => ch.send(value),
      trySend: async (ch, value) => ch.trySend(value),
      receive: (ch) => ch.receive(),
      tryReceive: async (ch) => ch.tryReceive() as ReceiveResult<number>,
    },
    "selects of one case": {
      send: (ch, value) => select({ it: send(ch, value) }),
      trySend: (ch, value) => select({ default: true, it: send(ch, value) }),
      receive: async (ch) => received(await select({ it: receive(ch) })),
      tryReceive: async (ch) => received(await select({ default: true, it: receive(ch) })),
    },
    "selects with a case that is never ready": {
      send: (ch, value) => select({ it: send(ch, value), no: receive(dummy) }),
      trySend: (ch, value) => select({ default: true, no: receive(dummy), it: send(ch, value) }),
      receive: async (ch) => received(await select({ no: receive(dummy), it: receive(ch) })),
      tryReceive: async (ch) => received(await select({ no: receive(dummy), default: true, it: receive(ch) })),
    },
  };

  async function expectClosed(ch: Channel<number>, form: Form): Promise<void> {
    for (let round = 0; round < 3; round++) {
      expect(await form.receive(ch)).toEqual(closed);
      expect(await form.tryReceive(ch)).toEqual(closed);
    }
    for (const sending of [form.trySend, form.send]) {
      await expect(sending(ch, 1)).rejects.toThrow(sendOnClosed);
      expect(await form.receive(ch)).toEqual(closed);
      expect(ch.length).toBe(0);
    }
  }

  describe.each(Object.entries(forms))("by %s", (_, form) => {
    test("test1: a closed channel is closed for ever, and refuses every value", async () => {
      const ch = new Channel<number>();
      ch.close();
      await expectClosed(ch, form);
    });

    // testasync1 and testasync2 differ in whether they look at ok; so do testasync3 and testasync4.
    test.each([
      ["testasync1, testasync2", form.receive],
      ["testasync3, testasync4", form.tryReceive],
    ])("%s: a value that was there before the close still comes", async (_, take) => {
      const ch = new Channel<number>(2);
      await ch.send(1);
      ch.close();
      expect(await take(ch)).toEqual({ value: 1, ok: true });
      await expectClosed(ch, form);
    });
  });

  // What its first line says is left to do: a close while others wait.
  // R18, R28, R31, R32
  test.each([0, 1])(
    "TODO: a close wakes who waits, and no value of a sender arrives, capacity %i",
    async (capacity) => {
      const ch = new Channel<number>(capacity);
      for (let i = 0; i < capacity; i++) await ch.send(1);
      const sending = [ch.send(2), ch.send(3), select({ it: send(ch, 4), no: receive(dummy) })];
      expect(await Promise.all(sending.map(stateOf))).toEqual(["pending", "pending", "pending"]);
      ch.close();
      for (const sent of sending) await expect(sent).rejects.toThrow(sendOnClosed);
      for (let i = 0; i < capacity; i++) expect(await ch.receive()).toEqual({ value: 1, ok: true });
      expect(await ch.receive()).toEqual(closed);

      const empty = new Channel<number>(capacity);
      const receiving = [empty.receive(), empty.receive(), select({ it: receive(empty), no: receive(dummy) })];
      expect(await Promise.all(receiving.map(stateOf))).toEqual(["pending", "pending", "pending"]);
      empty.close();
      for (const got of receiving) expect(await got).toMatchObject(closed);
    },
  );

  test("main: a channel cannot be closed twice", () => {
    const ch = new Channel<number>();
    ch.close();
    expect(() => ch.close()).toThrow(new PanicError("close of closed channel"));
  });
});

// T-C13; R1, R2, R3
test("chancap.go: the length counts what is in the buffer, and the capacity is what was asked for", async () => {
  let ch = new Channel<number>(10);
  expect([ch.length, ch.capacity]).toEqual([0, 10]);
  for (let i = 0; i < 3; i++) await ch.send(i);
  expect([ch.length, ch.capacity]).toEqual([3, 10]);
  ch = new Channel<number>();
  expect([ch.length, ch.capacity]).toEqual([0, 0]);
  for (const n of [-1, 2 ** 59, 2 ** 63 - 1]) {
    expect(() => new Channel<number>(n)).toThrow("makechan: size out of range");
  }
});

// T-C14; R2
test.each([
  [-1, false],
  [2 ** 63, false],
  [0.5, false],
  [1.0, true],
  // What are typed floats and complex numbers in Go is here whatever is no number at all.
  ["1", false],
  [1n, false],
  [[1], false],
  [NaN, false],
  [Infinity, false],
])("makechan.go: is %p a capacity? %p", (n, isOne) => {
  const make = (): Channel<number> => new Channel<number>(n as number);
  if (isOne) expect(make().capacity).toBe(n);
  else expect(make).toThrow(RangeError);
});

describe("range.go testchan", () => {
  const alphabet = "abcdefghijklmnopqrstuvwxyz";

  function seq(low: string, high: string): Channel<string> {
    const ch = new Channel<string>();
    go(async () => {
      for (let c = low.charCodeAt(0); c <= high.charCodeAt(0); c++) await ch.send(String.fromCharCode(c));
      ch.close();
    });
    return ch;
  }

  // T-C15; R36
  test.each(seeds)("a loop is given every value until the channel is closed (seed %i)", async (seed) => {
    await bubble(
      async () => {
        let calls = 0;
        const once = (): Channel<string> => {
          calls++;
          return seq("a", "z");
        };
        let s = "";
        for await (const c of once()) s += c;
        expect(s).toBe(alphabet);
        expect(calls).toBe(1);
      },
      { seed },
    );
  });

  // T-C15; R37
  test.each(seeds)("a loop that does not look at the values makes a round for each (seed %i)", async (seed) => {
    await bubble(
      async () => {
        let n = 0;
        for await (const _ of seq("a", "z")) n++;
        expect(n).toBe(26);
      },
      { seed },
    );
  });
});

// Go's nil channel is null in a case; elsewhere it is the channel of a context that has no end.
describe("nil.go chantest: on a nil channel", () => {
  const nil = context.background().done();

  // T-C16; R16, R27
  test.each<[string, () => Promise<unknown>]>([
    ["a send", () => select({ it: send(null, 1) })],
    ["a receive", () => select({ it: receive(null) })],
    ["a receive that asks for ok", async () => (await nil.receive()).ok],
  ])("%s blocks for ever", async (_, operation) => {
    await expect(
      bubble(async () => {
        let over = false;
        go(async () => {
          await operation();
          over = true;
        });
        await time.sleep(time.hour);
        await waitUntilBlocked();
        expect(over).toBe(false);
      }),
    ).rejects.toThrow("blocked goroutines remain");
  });

  // R27
  test("a receive that need not wait finds nothing", async () => {
    expect(nil.tryReceive()).toBeUndefined();
    expect(await select({ in: receive(nil), none: receive(undefined), out: send(null, 1), default: true })).toEqual({
      case: "default",
    });
  });

  // T-C16; R4
  test("length and capacity are 0", () => {
    expect([nil.length, nil.capacity]).toEqual([0, 0]);
  });
});

// The specification has the rule, and no test of Go's does; it is nil.go's for the third way to receive.
// R38
test("nil.go: a loop over a nil channel blocks for ever", async () => {
  const nil = context.background().done();
  let rounds = 0;
  const loop = nil[Symbol.asyncIterator]() as AsyncIterableIterator<never>;
  const looping = (async () => {
    for await (const _ of loop) rounds++;
  })();
  expect(await stateOf(looping)).toBe("pending");
  // Only whoever holds the loop can end it.
  await loop.return?.();
  await looping;
  expect(rounds).toBe(0);
});

// R5
test("cmp.go: channels are equal if they were made by the same call, whatever end they are seen from", () => {
  const c: Channel<number> = new Channel<number>();
  const c1: ReceiveChannel<number> = c;
  const c2: SendChannel<number> = c;
  const d = new Channel<number>();
  const ends: readonly unknown[] = [c, c1, c2];
  for (const end of ends) {
    for (const other of ends) expect(end === other).toBe(true);
    expect(end === d).toBe(false);
    expect(d === end).toBe(false);
  }
  expect(new Set<unknown>([c, c1, c2, d]).size).toBe(2);
});

// T-C17; R22, R67
test("fixedbugs/bug067.go: a value is handed over by a goroutine", async () => {
  const ch = new Channel<number>();
  go(() => ch.send(0));
  expect(await ch.receive()).toEqual({ value: 0, ok: true });
});

// T-C17; R46, R59
test("fixedbugs/bug225.go: a receive that need not wait succeeds if and only if there is a value", async () => {
  const ch = new Channel<boolean>(1);
  expect(await select({ it: receive(ch), default: true })).toEqual({ case: "default" });
  expect(ch.tryReceive()).toBeUndefined();
  await ch.send(true);
  expect(await select({ it: receive(ch), default: true })).toEqual({ case: "it", value: true, ok: true });
});

// T-C17; R23, R24
test("fixedbugs/bug234.go: ok is true for what was sent, and false after the close", async () => {
  const ch = new Channel<number>(1);
  await ch.send(100);
  expect(await ch.receive()).toEqual({ value: 100, ok: true });
  ch.close();
  expect(await ch.receive()).toEqual(closed);
});

// T-C19; R24, R60
test.each<[string, (ch: Channel<number>, other: Channel<number>) => Promise<{ value?: unknown; ok?: unknown }>]>([
  ["x, ok = <-c", (ch) => ch.receive()],
  ["_, ok = <-c", async (ch) => ({ value: 42, ok: (await ch.receive()).ok })],
  ["select { case x, ok = <-c: }", (ch) => select({ it: receive(ch) })],
  ["select { case _, ok = <-c: }", async (ch) => ({ value: 42, ok: (await select([receive(ch)])).ok })],
  ["select { case x, ok = <-c: default: }", (ch) => select({ it: receive(ch), default: true })],
  ["x, ok = <-c, if that need not wait", async (ch) => ch.tryReceive() ?? {}],
  ["select { case x, ok = <-c: case <-c2: }", (ch, other) => select({ it: receive(ch), other: receive(other) })],
  ["select { case _, ok = <-c: case <-c2: }", (ch, other) => select([receive(ch), receive(other)])],
])("fixedbugs/issue16870.go: ok comes with the value in the form %s", async (_, form) => {
  const [ch, other] = [new Channel<number>(1), new Channel<number>()];
  await ch.send(42);
  expect(await form(ch, other)).toMatchObject({ value: 42, ok: true });
  ch.close();
  expect((await form(ch, other)).ok).toBe(false);
});

// T-C21; R29
test.each(seeds)("ken/chan1.go: ten receivers take each of 1,000 messages once (seed %i)", async (seed) => {
  const [messages, receivers, capacity] = [1000, 10, 2];
  const marks = new Array<number>(messages).fill(0);
  await program(async () => {
    const ch = new Channel<number>(capacity);
    const done = new WaitGroup();
    done.add(messages);
    for (let m = 0; m < receivers; m++) {
      go(async () => {
        for (;;) {
          const s = await select({ r: receive(ch) });
          if (!s.ok) throw new Error("nobody closes it");
          expect(marks[s.value]).toBe(1);
          marks[s.value] = 2;
          done.done();
        }
      });
      await gosched();
    }
    await gosched();
    for (let r = 0; r < messages; r++) {
      expect(marks[r]).toBe(0);
      marks[r] = 1;
      await ch.send(r);
    }
    await done.wait();
  }, seed);
  expect(marks).toEqual(new Array(messages).fill(2));
});

// T-C22
describe.each(numbers(20))("TestChan: of capacity %i,", (capacity) => {
  function full(): Channel<number> {
    const ch = new Channel<number>(capacity);
    for (let i = 0; i < capacity; i++) expect(ch.trySend(i)).toBe(true);
    return ch;
  }

  // R22, R59
  test("an empty channel blocks who receives, and not who tries to", async () => {
    await bubble(async () => {
      const ch = new Channel<number>(capacity);
      let got = 0;
      for (let i = 0; i < 2; i++) {
        go(async () => {
          await ch.receive();
          got++;
        });
      }
      await time.sleep(time.millisecond);
      expect(got).toBe(0);
      expect(ch.tryReceive()).toBeUndefined();
      expect(await select({ it: receive(ch), default: true })).toEqual({ case: "default" });
      await ch.send(0);
      await ch.send(0);
      await waitUntilBlocked();
      expect(got).toBe(2);
    });
  });

  // R14, R59
  test("a full channel blocks who sends, and not who tries to", async () => {
    await bubble(async () => {
      const ch = full();
      let sent = false;
      go(async () => {
        await ch.send(capacity);
        sent = true;
      });
      await time.sleep(time.millisecond);
      expect(sent).toBe(false);
      expect(ch.trySend(-1)).toBe(false);
      expect(await select({ it: send(ch, -1), default: true })).toEqual({ case: "default" });
      expect((await ch.receive()).value).toBe(0);
      await waitUntilBlocked();
      expect(sent).toBe(true);
      for (let i = 1; i <= capacity; i++) expect(ch.tryReceive()?.value).toBe(i);
      expect(ch.tryReceive()).toBeUndefined();
    });
  });

  // R23, R25, R33
  test("a closed channel gives what it holds, and then nothing for ever", async () => {
    const ch = full();
    ch.close();
    for (let i = 0; i < capacity; i++) {
      expect(ch.length).toBe(capacity - i);
      expect(await ch.receive()).toEqual({ value: i, ok: true });
    }
    expect(await ch.receive()).toEqual(closed);
    expect(await ch.receive()).toEqual(closed);
  });

  // R31, R68
  test("a close unblocks who receives", async () => {
    await bubble(async () => {
      const ch = new Channel<number>(capacity);
      const done = new Channel<ReceiveResult<number>>();
      go(async () => done.send(await ch.receive()));
      await time.sleep(time.millisecond);
      expect(done.tryReceive()).toBeUndefined();
      ch.close();
      expect((await done.receive()).value).toEqual(closed);
    });
  });

  // R11, R24
  test("100 values arrive in the order in which they were sent, twice", async () => {
    const ch = new Channel<number>(capacity);
    for (let round = 0; round < 2; round++) {
      go(async () => {
        for (let i = 0; i < 100; i++) await ch.send(i);
      });
      for (let i = 0; i < 100; i++) expect(await ch.receive()).toEqual({ value: i, ok: true });
    }
  });

  // R10, R29
  test("four receivers get what four senders send, 1,000 values each", async () => {
    const [P, L] = [4, 1000];
    const ch = new Channel<number>(capacity);
    for (let p = 0; p < P; p++) {
      go(async () => {
        for (let i = 0; i < L; i++) await ch.send(i);
      });
    }
    const done = new Channel<Map<number, number>>();
    for (let p = 0; p < P; p++) {
      go(async () => {
        const counts = new Map<number, number>();
        for (let i = 0; i < L; i++) {
          const { value = NaN } = await ch.receive();
          counts.set(value, (counts.get(value) ?? 0) + 1);
        }
        await done.send(counts);
      });
    }
    const total = new Map<number, number>();
    for (let p = 0; p < P; p++) {
      const { value: counts = new Map<number, number>() } = await done.receive();
      for (const [value, count] of counts) total.set(value, (total.get(value) ?? 0) + count);
    }
    expect(total.size).toBe(L);
    for (let i = 0; i < L; i++) expect(total.get(i)).toBe(P);
    expect(ch.length).toBe(0);
  });

  // R1, R3
  test("length and capacity are right when it is empty and when it is full", () => {
    const ch = new Channel<number>(capacity);
    expect([ch.length, ch.capacity]).toEqual([0, capacity]);
    expect([full().length, full().capacity]).toEqual([capacity, capacity]);
  });
});

// R10, R29
test.each(seeds)("TestChan: four senders and four receivers in any order lose nothing (seed %i)", async (seed) => {
  await bubble(
    async () => {
      for (const capacity of [0, 1, 2, 19]) {
        const ch = new Channel<number>(capacity);
        const counts = new Array<number>(100).fill(0);
        const wg = new WaitGroup();
        for (let p = 0; p < 4; p++) {
          wg.go(async () => {
            for (let i = 0; i < 100; i++) await ch.send(i);
          });
          wg.go(async () => {
            for (let i = 0; i < 100; i++) {
              const { value = NaN } = await ch.receive();
              counts[value] = (counts[value] ?? NaN) + 1;
            }
          });
        }
        await wg.wait();
        expect(counts).toEqual(new Array(100).fill(4));
      }
    },
    { seed },
  );
});

// T-C23; R46, R58
test("TestNonblockRecvRace: a channel that goes from a value to closed is always ready, 10,000 times", async () => {
  const n = 10_000;
  let ready = 0;
  for (let i = 0; i < n; i++) {
    const ch = new Channel<number>(1);
    await ch.send(1);
    go(async () => {
      if ((await select({ it: receive(ch), default: true })).case === "it") ready++;
    });
    // The goroutine comes after both, between them, or before.
    if (i % 3 === 0) await gosched();
    ch.close();
    if (i % 3 === 1) await gosched();
    await ch.receive();
  }
  await quiet();
  expect(ready).toBe(n);
});

// R46, R58
test.each(seeds)("TestNonblockRecvRace: in any order of the goroutines (seed %i)", async (seed) => {
  await bubble(
    async () => {
      for (let i = 0; i < 100; i++) {
        const ch = new Channel<number>(1);
        await ch.send(1);
        go(async () => {
          expect((await select({ it: receive(ch), default: true })).case).toBe("it");
        });
        if (i % 2 === 0) await gosched();
        ch.close();
        await ch.receive();
      }
    },
    { seed },
  );
});

// T-C25; R14, R48
test("TestChanSendInterface: a full channel of objects takes no more, by whichever case", async () => {
  const m = {};
  const ch = new Channel<object>(1);
  await ch.send(m);
  expect(await select({ it: send(ch, m), default: true })).toEqual({ case: "default" });
  expect(await select({ it: send(ch, m), other: send(ch, {}), default: true })).toEqual({ case: "default" });
  expect(await ch.receive()).toEqual({ value: m, ok: true });
  expect(ch.tryReceive()).toBeUndefined();
});

// R29, R53
describe.each([0, 10])("TestSelfSelect: with capacity %i", (capacity) => {
  async function selfSelect(rounds: number): Promise<void> {
    const wg = new WaitGroup();
    const ch = new Channel<number>(capacity);
    for (const p of [0, 1]) {
      wg.go(async () => {
        for (let i = 0; i < rounds; i++) {
          const s =
            p === 0 || i % 2 === 0
              ? await select({ out: send(ch, p), in: receive(ch) })
              : await select({ in: receive(ch), out: send(ch, p) });
          if (capacity === 0 && s.case === "in") expect(s.value).toBe(1 - p);
        }
      });
    }
    await wg.wait();
  }

  test("no select receives from itself, and two of them never lock up, 1,000 times", async () => {
    await selfSelect(1000);
  });

  test.each(seeds)("the same in any order of the goroutines (seed %i)", async (seed) => {
    await bubble(() => selfSelect(200), { seed });
  });
});

// R44, R45
test.each([0, 100])(
  "TestPseudoRandomSend: a select draws which of two values it sends, capacity %i",
  async (capacity) => {
    const n = 100;
    const ch = new Channel<number>(capacity);
    const got: number[] = [];
    const mu = new Mutex();
    await mu.lock();
    go(async () => {
      for (let i = 0; i < n; i++) {
        await gosched();
        got.push((await ch.receive()).value ?? NaN);
      }
      mu.unlock();
    });
    for (let i = 0; i < n; i++) await select([send(ch, 1), send(ch, 0)]);
    await mu.lock();
    const ones = got.filter((value) => value === 1).length;
    expect(got).toHaveLength(n);
    // 10 of 100 are 8 standard deviations from the mean.
    expect(ones).toBeGreaterThan(n / 10);
    expect(n - ones).toBeGreaterThan(n / 10);
    mu.unlock();
  },
);

describe("TestMultiConsumer", () => {
  async function multiConsumer(workers: number, rounds: number): Promise<void> {
    const pn = [2, 3, 7, 11, 13, 17, 19, 23, 27, 31];
    const q = new Channel<number>(workers * 3);
    const r = new Channel<number>(workers * 3);
    const wg = new WaitGroup();
    for (let w = 0; w < workers; w++) {
      wg.go(async () => {
        for await (const v of q) {
          if (pn[w % pn.length] === v) await gosched();
          await r.send(v);
        }
      });
    }
    let expected = 0;
    go(async () => {
      for (let i = 0; i < rounds; i++) {
        const v = pn[i % pn.length] ?? NaN;
        expected += v;
        await q.send(v);
      }
      q.close();
      await wg.wait();
      r.close();
    });
    let [n, sum] = [0, 0];
    for await (const v of r) {
      n++;
      sum += v;
    }
    expect([n, sum]).toEqual([rounds, expected]);
  }

  // R29, R36, R40
  test("23 workers that share a channel pass on every value once, and all end at the close", async () => {
    await multiConsumer(23, 27_182);
  });

  // R29, R36, R40
  test.each(seeds)("the same in any order of the goroutines (seed %i)", async (seed) => {
    await bubble(() => multiConsumer(23, 271), { seed });
  });
});

// R13, R69
test("TestShrinkStackDuringBlockedSend: a sender that calls deep between its sends is in time", async () => {
  const n = 10;
  const deep = (depth: number): number => (depth === 0 ? 0 : deep(depth - 1));
  await bubble(async () => {
    const ch = new Channel<number>();
    const done = new Channel<void>();
    let sent = 0;
    go(async () => {
      for (let i = 0; i < n; i++) {
        await ch.send(i);
        sent++;
        deep(1000);
      }
      await done.send();
    });
    for (let i = 0; i < n; i++) {
      expect(await ch.receive()).toEqual({ value: i, ok: true });
      await time.sleep(time.millisecond);
      expect(sent).toBe(i + 1);
    }
    await done.receive();
  });
});

// R13
test.each(seeds)(
  "TestNoShrinkStackWhileParking: 200 pairs meet though the sender always waits (seed %i)",
  async (seed) => {
    const n = 10;
    await bubble(
      async () => {
        for (let i = 0; i < n * 20; i++) {
          const ch = new Channel<number>();
          const done = new Channel<void>();
          go(async () => {
            for (let j = 0; j < n; j++) {
              await time.sleep(10 * time.microsecond);
              expect(await ch.receive()).toEqual({ value: j, ok: true });
            }
            await done.send();
          });
          go(async () => {
            for (let j = 0; j < n; j++) await ch.send(j);
            await done.send();
          });
          await time.sleep(50 * time.microsecond);
          await done.receive();
          await done.receive();
        }
      },
      { seed },
    );
  },
);

// R29, R56
describe.each([
  ["TestChanSendBarrier", false],
  ["TestChanSendSelectBarrier", true],
])("%s", (_, useSelect) => {
  class RequestError extends Error {}

  async function request(): Promise<unknown> {
    const ch = new Channel<{ response: null; error: Error }>();
    const done = new Channel<void>();
    const answer = { response: null, error: new RequestError() };
    go(async () => {
      if (useSelect) await select({ out: send(ch, answer), done: receive(done) });
      else await ch.send(answer);
    });
    const { value } = await ch.receive();
    await gosched();
    return value?.error;
  }

  async function requests(outer: number, inner: number): Promise<void> {
    const wg = new WaitGroup();
    let answered = 0;
    for (let i = 0; i < outer; i++) {
      wg.go(async () => {
        for (let j = 0; j < inner; j++) if ((await request()) instanceof RequestError) answered++;
      });
    }
    await wg.wait();
    expect(answered).toBe(outer * inner);
  }

  test("every request is answered by the goroutine that it has started, 10 x 1,000 times", async () => {
    await requests(10, 1000);
  });

  test.each(seeds)("the same in any order of the goroutines (seed %i)", async (seed) => {
    await bubble(() => requests(10, 10), { seed });
  });
});
