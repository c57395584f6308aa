// Go's regression tests of send, receive, close, range and go, from test/fixedbugs/, under their names there. Those
// that conformance.md lists are in channel.test.ts; those of select alone are in select.test.ts.

import { describe, expect, test } from "@jest/globals";
import { Channel, defer, go, main, type ReceiveChannel, select, send, type SendChannel, time } from "goro";
import { bubble } from "goro/testing";
import { quiet } from "../support/promises.ts";

const seeds = [1, 2, 3];

// R63
test("fixedbugs/bug084.go: a method that is started as a goroutine receives its arguments", async () => {
  const served: number[] = [];
  class Service {
    readonly name = "arith";

    serve(a: number): void {
      if (this.name === "arith") served.push(a);
    }
  }
  const arith = new Service();
  go((a: number) => arith.serve(a), 1234);
  await quiet();
  expect(served).toEqual([1234]);
});

// R6, R63
test("fixedbugs/bug130.go: a method of an interface sends to the end that it receives as an argument", async () => {
  interface Sender {
    send(ch: SendChannel<number>): Promise<void>;
  }
  class S implements Sender {
    readonly v = 7;

    send(ch: SendChannel<number>): Promise<void> {
      return ch.send(this.v);
    }
  }
  const i: Sender = new S();
  const ch = new Channel<number>();
  go((to: SendChannel<number>) => i.send(to), ch);
  expect(await ch.receive()).toEqual({ value: 7, ok: true });
});

// R13, R69
test.each(seeds)("fixedbugs/bug147.go: an unbuffered send waits for its receiver (seed %i)", async (seed) => {
  await bubble(
    async () => {
      let count = 0;
      const ch = new Channel<number>();
      go(async () => {
        await ch.receive();
        count++;
        await time.sleep(time.millisecond);
        count++;
        await ch.receive();
      });
      await ch.send(1);
      await ch.send(2);
      expect(count).toBe(2);
    },
    { seed },
  );
});

// R9, R11
test("fixedbugs/bug230.go: values of all kinds pass through a channel of their common type", async () => {
  class I {
    m(): string {
      return "I";
    }
  }
  class F extends I {
    override m(): string {
      return "F";
    }
  }
  const plain = { m: () => "S" };
  const ch = new Channel<{ m(): string }>(10);
  const values = [new I(), new F(), plain];
  for (const value of values) await ch.send(value);
  for (const value of values) {
    const r = await ch.receive();
    expect(r.value).toBe(value);
    expect(r.value?.m()).toBe(value.m());
  }
});

// R22, R67
test("fixedbugs/bug243.go: a loop that accepts connections gets each connection that is dialed", async () => {
  const accepted: number[] = [];
  await bubble(() =>
    main(async () => {
      const listener = new Channel<number>();
      const accept = async (): Promise<number> => (await listener.receive()).value ?? NaN;
      go(async () => {
        for (;;) accepted.push(await accept());
      });
      for (const conn of [1, 2, 3]) await listener.send(conn);
      await time.sleep(time.millisecond);
    }),
  );
  expect(accepted).toEqual([1, 2, 3]);
});

// R2
test.each([
  ["badchancap", -1],
  ["bigchancap", Number(10n | (1n << 46n))],
  ["overflowchan", 2 ** 60],
])("fixedbugs/bug273.go %s: a capacity of %d is rejected", (_, n) => {
  expect(() => new Channel<number>(n)).toThrow(/^makechan: size out of range$/);
});

// R9
test("fixedbugs/issue8011.go: a value is received from a channel that was itself received from a channel", async () => {
  const c = new Channel<Channel<number>>(1);
  const c1 = new Channel<number>(1);
  await c1.send(42);
  await c.send(c1);
  expect(await (await c.receive()).value?.receive()).toEqual({ value: 42, ok: true });
});

// R12, R22
test("fixedbugs/issue8039.go: the argument of a deferred call is received before the call is deferred", async () => {
  const f = async (s: number[]): Promise<void> => {
    const ch = new Channel<number[]>(1);
    await ch.send([1]);
    const { value = [] } = await ch.receive();
    using _ = defer(() => {
      s.splice(0, value.length, ...value);
    });
    expect(s).toEqual([0]);
    expect(ch.length).toBe(0);
  };
  const x = [0];
  await f(x);
  expect(x).toEqual([1]);
});

// R10, R29
test("fixedbugs/issue13169.go: ten receivers get the objects of ten senders, each object once", async () => {
  const [senders, n] = [10, 10_000];
  const ch = new Channel<{ readonly id: number }>();
  const done = new Channel<boolean>();
  const taken = new Uint8Array(senders * n);
  for (let i = 0; i < senders; i++) {
    go(async () => {
      for (let j = 0; j < n; j++) await ch.send({ id: i * n + j });
      await done.send(true);
    });
    go(async () => {
      for (let j = 0; j < n; j++) {
        const { id = NaN } = (await ch.receive()).value ?? {};
        taken[id] = (taken[id] ?? NaN) + 1;
      }
      await done.send(true);
    });
  }
  for (let i = 0; i < 2 * senders; i++) await done.receive();
  expect(taken.every((times) => times === 1)).toBe(true);
});

// R25, R36
test("fixedbugs/issue22683.go: an object that was in the buffer at the close is received intact", async () => {
  const ch = new Channel<{ bar: [{ a: number }] }>(2);
  const a = { a: 1 };
  await ch.send({ bar: [a] });
  ch.close();
  let rounds = 0;
  for await (const v of ch) {
    rounds++;
    expect(v.bar[0]).toBe(a);
  }
  expect(rounds).toBe(1);
});

// R63
test("fixedbugs/issue25897a.go, issue25897b.go: functions that are created at run time can be started", async () => {
  const N = 100;
  const ch = new Channel<unknown>(N);
  class T {
    foo(to: SendChannel<unknown>): Promise<void> {
      return to.send(this);
    }
  }
  const t = new T();
  for (let i = 0; i < N; i++) {
    const f = new Proxy((_: null) => ch.send("f"), {});
    go(f, null);
    go(() => ch.send("g"));
    go(t["foo"].bind(t), ch);
  }
  const got: unknown[] = [];
  for (let i = 0; i < 3 * N; i++) got.push((await ch.receive()).value);
  for (const each of ["f", "g", t]) expect(got.filter((value) => value === each)).toHaveLength(N);
});

// R14, R70
test.each(seeds)("fixedbugs/issue29362.go: a buffer of ten throttles 1,000 goroutines (seed %i)", async (seed) => {
  await bubble(
    async () => {
      const throttle = new Channel<void>(10);
      let [live, most] = [0, 0];
      for (let i = 0; i < 1000; i++) {
        await throttle.send();
        most = Math.max(most, ++live);
        go(async () => {
          live--;
          await throttle.receive();
        });
      }
      expect(most).toBeLessThanOrEqual(10);
      expect(most).toBeGreaterThan(1);
    },
    { seed },
  );
});

// R36, R73
test.each(seeds)("fixedbugs/issue38093.go: callbacks of the host and timers work together (seed %i)", async (seed) => {
  const counts = { rounds: 0, called: 0 };
  await bubble(
    () =>
      main(async () => {
        const ch1 = new Channel<void>();
        for (const ms of [5, 8]) {
          go(async () => {
            for (;;) {
              await time.sleep(ms);
              await ch1.send();
            }
          });
        }
        const over = time.now() + 2 * time.second;
        for await (const _ of ch1) {
          counts.rounds++;
          const ch2 = new Channel<void>(1);
          queueMicrotask(() => {
            if (ch2.trySend()) counts.called++;
          });
          await ch2.receive();
          if (time.now() >= over) break;
        }
      }),
    { seed },
  );
  // 400 and 250 ticks are received, the last two at the same instant.
  expect([649, 650]).toContain(counts.rounds);
  expect(counts.called).toBe(counts.rounds);
});

// R5
test("fixedbugs/issue67190.go: a channel and an end of it are the same case of a switch", () => {
  const ch1 = new Channel<void>();
  const ch2: ReceiveChannel<void> = ch1;
  const same = (a: unknown, b: unknown): boolean => {
    switch (a) {
      case b:
        return true;
      default:
        return false;
    }
  };
  expect([same(ch1, ch2), same(ch2, ch1), same(ch2, new Channel<void>())]).toEqual([true, true, false]);
});

describe("closure.go", () => {
  // R11
  test("f, g: a closure sends the values that it has changed", async () => {
    const ch = new Channel<number>();
    const accumulator = (n: number) => (i: number) => (n += i);
    go(async () => {
      let [i, j] = [1, 2];
      const f = async (): Promise<void> => {
        await ch.send(i);
        i = 4;
        const g = async (): Promise<void> => {
          await ch.send(i);
          await ch.send(j);
        };
        await g();
        await ch.send(i);
      };
      j = 5;
      await f();
      const [a, b] = [accumulator(0), accumulator(1)];
      for (const n of [a(2), b(3), a(4), b(5)]) await ch.send(n);
      ch.close();
    });
    const got: number[] = [];
    for await (const n of ch) got.push(n);
    expect(got).toEqual([1, 4, 5, 4, 2, 4, 6, 9]);
  });
});

// R63
test("func5.go: any function value can be started with the arguments of go", async () => {
  const add = (x: number, y: number, ch: SendChannel<number>): Promise<void> => ch.send(x + y);
  const f = add;
  const made = (): typeof add => f;
  const ch = new Channel<number>();
  const sums: unknown[] = [];
  go(add, 1, 2, ch);
  sums.push((await ch.receive()).value);
  go(made(), 1, 2, ch);
  sums.push((await ch.receive()).value);
  go(
    async (a: number, b: number, to: SendChannel<number>) => {
      await select([send(to, a + b)]);
    },
    1,
    2,
    ch,
  );
  sums.push((await ch.receive()).value);
  expect(sums).toEqual([3, 3, 3]);
});
