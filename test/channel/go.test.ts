// Tests of Go's own, ported: those that show something that the others here do not.

import { describe, expect, test } from "@jest/globals";
import {
  Channel,
  go,
  gosched,
  PanicError,
  receive,
  type ReceiveChannel,
  type Received,
  select,
  send,
  type SendChannel,
  WaitGroup,
} from "goro";
import { allowLeaks } from "goro/testing";
import { quiet, stateOf } from "../support/promises.ts";

const closed = { value: undefined, ok: false };

// test/chan/fifo.go SynchFifo; R13, R67
test("a daisy chain takes from one channel in the order of the chain", async () => {
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
  expect(taken).toEqual(Array.from({ length: 10 }, (_, i) => [i, i]));
});

// test/chan/goroutines.go; R72
test("one value passes through 10,000 goroutines and as many channels", async () => {
  const leftmost = new Channel<number>();
  let left = leftmost;
  let right = leftmost;
  for (let i = 0; i < 10_000; i++) {
    right = new Channel<number>();
    go(
      async (to: SendChannel<number>, from: ReceiveChannel<number>) => {
        const { value = NaN } = await from.receive();
        await to.send(value + 1);
      },
      left,
      right,
    );
    left = right;
  }
  const last = right;
  go(async () => last.send(1));
  expect(await leftmost.receive()).toEqual({ value: 10_001, ok: true });
});

// test/chan/nonblock.go; R59
describe.each([0, 1])("a try on a channel of capacity %i", (capacity) => {
  test.each([123, 123_456n, true, "hello"])("succeeds once the partner has come: %p", async (value) => {
    const ch = new Channel<typeof value>(capacity);
    const strobe = new Channel<boolean>(0);
    expect(ch.tryReceive()).toBeUndefined();

    go(async () => {
      expect(await ch.receive()).toEqual({ value, ok: true });
      await strobe.send(true);
    });
    if (capacity === 0) expect(ch.trySend(value)).toBe(false);
    while (!ch.trySend(value)) await gosched();
    await strobe.receive();

    go(async () => {
      await ch.send(value);
      await strobe.send(true);
    });
    let r = ch.tryReceive();
    for (; r === undefined; r = ch.tryReceive()) await gosched();
    expect(r).toEqual({ value, ok: true });
    await strobe.receive();

    expect(ch.trySend(value)).toBe(capacity > 0);
    expect(ch.trySend(value)).toBe(false);
  });
});

// test/chan/sendstmt.go chanchan; R9
test("a channel that a channel holds is the operand of a case", async () => {
  const cc = new Channel<Channel<number>>(1);
  const ch = new Channel<number>(1);
  await cc.send(ch);
  const { value: inner = null } = await cc.receive();
  expect(await select({ sent: send(inner, 2), default: true })).toEqual({ case: "sent" });
  expect(await ch.receive()).toEqual({ value: 2, ok: true });
});

// test/chan/sieve1.go
test("a chain of filters sieves the primes", async () => {
  allowLeaks();
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
  const primes = new Channel<number>();
  go(sieve, primes);
  const got: unknown[] = [];
  for (let i = 0; i < 25; i++) got.push((await primes.receive()).value);
  // prettier-ignore
  expect(got).toEqual([2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97]);
  // The filters run on until they all wait, and must not do so in the next test.
  await quiet();
});

// test/closedchan.go; R17, R23, R25, R50, R51
describe("a closed channel, used by", () => {
  interface Form {
    send(ch: Channel<number>, value: number): Promise<unknown>;
    trySend(ch: Channel<number>, value: number): Promise<unknown>;
    receive(ch: Channel<number>): Promise<Received<number>>;
    tryReceive(ch: Channel<number>): Promise<Received<number>>;
  }

  const dummy = new Channel<number>();

  function received(s: { case: string; value?: number | undefined; ok?: boolean }): Received<number> {
    expect(s.case).toBe("it");
    return { value: s.value, ok: s.ok } as Received<number>;
  }

  const forms: Record<string, Form> = {
    "plain operations": {
      send: (ch, value) => ch.send(value),
      trySend: async (ch, value) => ch.trySend(value),
      receive: (ch) => ch.receive(),
      tryReceive: async (ch) => ch.tryReceive() as Received<number>,
    },
    "selects of one case": {
      send: (ch, value) => select({ it: send(ch, value) }),
      trySend: (ch, value) => select({ it: send(ch, value), default: true }),
      receive: async (ch) => received(await select({ it: receive(ch) })),
      tryReceive: async (ch) => received(await select({ it: receive(ch), default: true })),
    },
    "selects with a case that is never ready": {
      send: (ch, value) => select({ it: send(ch, value), no: receive(dummy) }),
      trySend: (ch, value) => select({ no: receive(dummy), it: send(ch, value), default: true }),
      receive: async (ch) => received(await select({ no: send(dummy, 0), it: receive(ch) })),
      tryReceive: async (ch) => received(await select({ it: receive(ch), no: receive(dummy), default: true })),
    },
  };

  async function expectClosed(ch: Channel<number>, form: Form): Promise<void> {
    for (let round = 0; round < 3; round++) {
      expect(await form.receive(ch)).toEqual(closed);
      expect(await form.tryReceive(ch)).toEqual(closed);
      await expect(form.send(ch, 2)).rejects.toThrow(new PanicError("send on closed channel"));
      await expect(form.trySend(ch, 2)).rejects.toThrow(new PanicError("send on closed channel"));
      expect(() => ch.close()).toThrow(new PanicError("close of closed channel"));
    }
  }

  test.each(Object.entries(forms))(
    "%s, gives what it holds, then closed for ever, and takes nothing",
    async (_, form) => {
      for (const capacity of [0, 1]) {
        const ch = new Channel<number>(capacity);
        ch.close();
        await expectClosed(ch, form);
      }
      for (const take of [form.receive, form.tryReceive]) {
        const ch = new Channel<number>(1);
        await ch.send(1);
        ch.close();
        expect(await take(ch)).toEqual({ value: 1, ok: true });
        await expectClosed(ch, form);
      }
    },
  );
});

// test/nil.go chantest; R16, R27, R49
test("communication on no channel waits for ever", async () => {
  allowLeaks();
  expect(await stateOf(select({ out: send(null, 1) }))).toBe("pending");
  expect(await stateOf(select({ in: receive(null) }))).toBe("pending");
  expect(await select({ out: send(null, 1), in: receive(undefined), default: true })).toEqual({ case: "default" });
});

// test/fixedbugs/issue16870.go; R24, R60
test("ok comes with the value in every form of receive", async () => {
  const [ch, other] = [new Channel<number>(1), new Channel<number>()];
  const forms: (() => Promise<{ value: number | undefined; ok: boolean } | { case: "default" | "other" }>)[] = [
    () => ch.receive(),
    () => select({ it: receive(ch) }),
    () => select({ it: receive(ch), default: true }),
    () => select({ it: receive(ch), other: receive(other) }),
    () => select({ it: receive(ch), other: receive(other), default: true }),
    () => select({ it: receive(ch), again: receive(ch) }),
  ];
  for (const form of forms) {
    await ch.send(42);
    expect(await form()).toMatchObject({ value: 42, ok: true });
  }
  ch.close();
  for (const form of forms) expect(await form()).toMatchObject(closed);
});

// test/ken/chan1.go; R29
test("ten receivers in selects mark each message of one sender once", async () => {
  const [messages, receivers, capacity] = [1000, 10, 2];
  const ch = new Channel<number>(capacity);
  const marks = new Array<number>(messages).fill(0);
  for (let m = 0; m < receivers; m++) {
    go(async () => {
      for (;;) {
        const s = await select({ r: receive(ch) });
        if (!s.ok) return;
        marks[s.value] = marks[s.value] === 1 ? 2 : NaN;
      }
    });
    await gosched();
  }
  for (let n = 0; n < messages; n++) {
    marks[n] = marks[n] === 0 ? 1 : NaN;
    await ch.send(n);
  }
  ch.close();
  await quiet();
  expect(marks).toEqual(new Array(messages).fill(2));
});

// runtime TestChan; R10, R22, R29
test("four senders and four receivers pass 1,000 values each, for every capacity from 0 to 19", async () => {
  for (let capacity = 0; capacity < 20; capacity++) {
    const ch = new Channel<number>(capacity);
    const wg = new WaitGroup();
    for (let p = 0; p < 4; p++) {
      wg.go(async () => {
        for (let i = 0; i < 250; i++) await ch.send(i);
      });
    }
    const done = new Channel<Map<number, number>>();
    for (let p = 0; p < 4; p++) {
      go(async () => {
        const counts = new Map<number, number>();
        let last = -1;
        for (let i = 0; i < 250; i++) {
          const { value = NaN } = await ch.receive();
          counts.set(value, (counts.get(value) ?? 0) + 1);
          last = value;
        }
        expect(last).toBeGreaterThanOrEqual(0);
        await done.send(counts);
      });
    }
    const total = new Map<number, number>();
    for (let p = 0; p < 4; p++) {
      const { value: counts } = await done.receive();
      for (const [value, count] of counts ?? []) total.set(value, (total.get(value) ?? 0) + count);
    }
    await wg.wait();
    expect(total).toEqual(new Map(Array.from({ length: 250 }, (_, i) => [i, 4])));
    expect(ch.length).toBe(0);
  }
});

// runtime TestNonblockRecvRace; R46, R58
test("a channel that goes from holding a value to closed is ready at every moment", async () => {
  for (let round = 0; round < 100; round++) {
    const ch = new Channel<number>(1);
    await ch.send(1);
    const answers = new Channel<string>(1);
    go(async () => {
      const s = await select({ it: receive(ch), default: true });
      await answers.send(s.case);
    });
    ch.close();
    await ch.receive();
    expect(await answers.receive()).toEqual({ value: "it", ok: true });
  }
});
