import { describe, expect, test } from "@jest/globals";
import { Channel, go, PanicError, receive, type ReceiveResult, select, send, WaitGroup } from "goro";
import { runSource } from "../support/programs.ts";
import { capacities, quiet, stateOf } from "../support/promises.ts";

const closed = { value: undefined, ok: false };

/** Collects the results of `promises`, in the order in which they settle. */
function arrivals<T>(promises: readonly Promise<T>[]): T[] {
  const seen: T[] = [];
  for (const promise of promises) void promise.then((value) => seen.push(value));
  return seen;
}

/** Returns a channel whose buffer is full of 0, 1, 2 and so on. */
function full(capacity: number): Channel<number> {
  const ch = new Channel<number>(capacity);
  for (let i = 0; i < capacity; i++) ch.trySend(i);
  return ch;
}

describe("making a channel", () => {
  // R1
  test("without a capacity creates an unbuffered channel", () => {
    expect(new Channel().capacity).toBe(0);
    expect(new Channel(undefined).capacity).toBe(0);
    expect(new Channel().trySend(1)).toBe(false);
  });

  // R2
  test.each([
    [-1, "-1"],
    [0.5, "0.5"],
    [NaN, "NaN"],
    [Infinity, "Infinity"],
    [-Infinity, "-Infinity"],
    [2 ** 32, "4294967296"],
    [null, "null"],
    ["3", '"3"'],
    [3n, "3n"],
  ])("a capacity of %p is out of range", (capacity, shown) => {
    const make = (): Channel<unknown> => new Channel(capacity as number);
    expect(make).toThrow(new RangeError("makechan: size out of range", { cause: `capacity is ${shown}` }));
  });

  // R1
  test("the greatest capacity uses memory only for the values in the buffer", () => {
    const ch = new Channel<number>(2 ** 32 - 1);
    expect(ch.capacity).toBe(4_294_967_295);
    for (let i = 0; i < 1000; i++) expect(ch.trySend(i)).toBe(true);
    expect(ch.length).toBe(1000);
  });
});

describe.each(capacities)("a channel of capacity %i", (capacity) => {
  // R1, R3, R14, R33
  test("length counts only the buffered values, and capacity never changes", async () => {
    const ch = new Channel<number>(capacity);
    for (let i = 0; i < capacity; i++) {
      expect(ch.length).toBe(i);
      await ch.send(i);
    }
    const waiting = [ch.send(-1), ch.send(-2)];
    expect(ch.length).toBe(capacity);
    await ch.receive();
    await ch.receive();
    await Promise.all(waiting);
    expect(ch.length).toBe(capacity);
    ch.close();
    for (let left = capacity; left > 0; left--) {
      expect(ch.length).toBe(left);
      expect(ch.capacity).toBe(capacity);
      ch.tryReceive();
    }
    expect(ch.length).toBe(0);
    expect(ch.capacity).toBe(capacity);
  });

  // R11, R22
  test("values of one sender arrive in the order in which they were sent", async () => {
    const ch = new Channel<number>(capacity);
    go(async () => {
      for (let i = 0; i < 300; i++) await ch.send(i);
      ch.close();
    });
    const got: number[] = [];
    for (let r = await ch.receive(); r.ok; r = await ch.receive()) got.push(r.value);
    expect(got).toEqual(Array.from({ length: 300 }, (_, i) => i));
  });

  // R13, R14
  test("a send waits if and only if there is neither room nor a receiver", async () => {
    const ch = full(capacity);
    const waiting = ch.send(capacity);
    expect(await stateOf(waiting)).toBe("pending");
    expect(await ch.receive()).toEqual({ value: 0, ok: true });
    expect(await stateOf(waiting)).toBe("fulfilled");
  });

  // R13
  test("a send has happened when the call returns, awaited or not", () => {
    const ch = new Channel<number>(capacity);
    void ch.send(1);
    expect(ch.tryReceive()).toEqual({ value: 1, ok: true });
  });

  // R15, R28
  test("a value bypasses the buffer and goes to the receiver that has waited longest", async () => {
    const ch = new Channel<string>(capacity);
    const first = ch.receive();
    const second = ch.receive();
    expect(ch.trySend("a")).toBe(true);
    expect(ch.length).toBe(0);
    expect(await first).toEqual({ value: "a", ok: true });
    expect(await stateOf(second)).toBe("pending");
    await ch.send("b");
    expect(await second).toEqual({ value: "b", ok: true });
  });

  // R28
  test("receivers are served, and resume, in the order in which they queued", async () => {
    const ch = new Channel<number>(capacity);
    const seen = arrivals(
      Array.from({ length: 100 }, async (_, i) => {
        const r = await ch.receive();
        return [i, r.value];
      }),
    );
    for (let i = 0; i < 100; i++) ch.trySend(i);
    await quiet();
    expect(seen).toEqual(Array.from({ length: 100 }, (_, i) => [i, i]));
  });

  // R15, R28
  test("a later receiver cannot take a value that was delivered to a waiting receiver", async () => {
    const ch = new Channel<string>(capacity);
    const waiting = ch.receive();
    ch.trySend("a");
    expect(ch.tryReceive()).toBeUndefined();
    expect(await waiting).toEqual({ value: "a", ok: true });
  });

  // R19, R20
  test("each receive admits the next sender, in the order in which they queued", async () => {
    const ch = full(capacity);
    const seen = arrivals([3, 1, 2].map((name) => ch.send(capacity + name).then(() => name)));
    const got: unknown[] = [];
    for (const settled of [[3], [3, 1], [3, 1, 2]]) {
      got.push(ch.tryReceive()?.value);
      expect(ch.length).toBe(capacity);
      await quiet();
      expect(seen).toEqual(settled);
    }
    for (let i = 0; i < capacity; i++) got.push(ch.tryReceive()?.value);
    const buffered = Array.from({ length: capacity }, (_, i) => i);
    expect(got).toEqual([...buffered, capacity + 3, capacity + 1, capacity + 2]);
  });

  // R20
  test("a later sender cannot overtake a waiting sender", async () => {
    const ch = full(capacity);
    const waiting = [ch.send(100), ch.send(101)];
    ch.tryReceive();
    expect(ch.trySend(666)).toBe(false);
    const late = ch.send(102);
    const got: unknown[] = [];
    for (let r = ch.tryReceive(); r !== undefined; r = ch.tryReceive()) got.push(r.value);
    expect(got.slice(-2)).toEqual([101, 102]);
    expect(got).not.toContain(666);
    await Promise.all([...waiting, late]);
  });

  // R23, R24, R25, R34
  test("buffered values can be received after close; then every receive reports the close", async () => {
    const ch = full(capacity);
    ch.close();
    for (let i = 0; i < capacity; i++) {
      expect(i % 2 ? await ch.receive() : ch.tryReceive()).toEqual({ value: i, ok: true });
    }
    for (let i = 0; i < 3; i++) {
      expect(await ch.receive()).toEqual(closed);
      expect(ch.tryReceive()).toEqual(closed);
    }
  });

  // R17
  test("a send on a closed channel panics, and its value is discarded", async () => {
    const ch = new Channel<number>(capacity);
    ch.close();
    const failure = await ch.send(1).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(PanicError);
    expect(failure).toBeInstanceOf(Error);
    expect(failure).toMatchObject({ name: "PanicError", message: "send on closed channel" });
    expect(() => ch.trySend(1)).toThrow(PanicError);
    expect(() => ch.trySend(1)).toThrow(/^send on closed channel$/);
    expect(ch.length).toBe(0);
    expect(ch.tryReceive()).toEqual(closed);
  });

  // R18, R32
  test("close makes waiting senders panic, and their values are not received", async () => {
    const ch = full(capacity);
    const waiting = [ch.send(100), ch.send(101)];
    ch.close();
    for (const refused of waiting) await expect(refused).rejects.toThrow(new PanicError("send on closed channel"));
    expect(ch.length).toBe(capacity);
    const got: unknown[] = [];
    for (let r = ch.tryReceive(); r?.ok; r = ch.tryReceive()) got.push(r.value);
    expect(got).toEqual(Array.from({ length: capacity }, (_, i) => i));
  });

  // R30
  test("a second close panics and changes nothing", () => {
    const ch = full(capacity);
    ch.close();
    expect(() => ch.close()).toThrow(PanicError);
    expect(() => ch.close()).toThrow(/^close of closed channel$/);
    expect(ch.length).toBe(capacity);
  });

  // R31
  test("close wakes every waiting receiver, in the order in which they queued", async () => {
    const ch = new Channel<number>(capacity);
    const seen = arrivals(Array.from({ length: 50 }, (_, i) => ch.receive().then((r) => [i, r])));
    await quiet();
    expect(seen).toEqual([]);
    ch.close();
    await quiet();
    expect(seen).toEqual(Array.from({ length: 50 }, (_, i) => [i, closed]));
  });

  // R59
  test("tryReceive distinguishes open and empty, closed and empty, and a value of undefined", async () => {
    const ch = new Channel<undefined>(capacity);
    expect(ch.tryReceive()).toBeUndefined();
    const sending = ch.send(undefined);
    expect(ch.tryReceive()).toEqual({ value: undefined, ok: true });
    await sending;
    expect(ch.tryReceive()).toBeUndefined();
    ch.close();
    expect(ch.tryReceive()).toEqual(closed);
  });

  // R59
  test("trySend succeeds while there is room or a receiver, and otherwise has no effect", async () => {
    const ch = full(capacity);
    expect(ch.trySend(-1)).toBe(false);
    expect(ch.length).toBe(capacity);
    for (let i = 0; i < capacity; i++) expect(ch.tryReceive()).toEqual({ value: i, ok: true });
    expect(ch.tryReceive()).toBeUndefined();
    const first = ch.receive();
    const second = select({ got: receive(ch) });
    expect(ch.trySend(1)).toBe(true);
    expect(ch.trySend(2)).toBe(true);
    expect(await first).toEqual({ value: 1, ok: true });
    expect(await second).toEqual({ case: "got", value: 2, ok: true });
  });

  // R59
  test("tryReceive takes the value of a waiting sender, also of a select", async () => {
    const ch = full(capacity);
    const first = ch.send(100);
    const second = select({ sent: send(ch, 101) });
    const got: unknown[] = [];
    for (let r = ch.tryReceive(); r !== undefined; r = ch.tryReceive()) got.push(r.value);
    expect(got.slice(-2)).toEqual([100, 101]);
    expect(await second).toEqual({ case: "sent" });
    await first;
  });

  // R10, R29
  test("every value goes to exactly one receiver, with all kinds of send and receive", async () => {
    const senders = 6;
    const perSender = 150;
    const ch = new Channel<number>(capacity);
    const got: number[][] = [];
    const keep = (): ((value: number) => void) => {
      const mine: number[] = [];
      got.push(mine);
      return (value) => void mine.push(value);
    };
    const sending = new WaitGroup();
    for (let s = 0; s < senders; s++) {
      sending.go(async () => {
        for (let i = 0; i < perSender; i++) {
          const value = s * perSender + i;
          if (s % 3 === 0) await ch.send(value);
          else if (s % 3 === 1) await select({ out: send(ch, value) });
          else if (!ch.trySend(value)) await ch.send(value);
        }
      });
    }
    const receiving = new WaitGroup();
    for (let copy = 0; copy < 2; copy++) {
      receiving.go(async () => {
        const take = keep();
        for (let r = await ch.receive(); r.ok; r = await ch.receive()) take(r.value);
      });
      receiving.go(async () => {
        const take = keep();
        for (let s = await select([receive(ch)]); s.ok; s = await select([receive(ch)])) take(s.value);
      });
      receiving.go(async () => {
        const take = keep();
        for await (const value of ch) take(value);
      });
      receiving.go(async () => {
        const take = keep();
        for (;;) {
          const r: ReceiveResult<number> = ch.tryReceive() ?? (await ch.receive());
          if (!r.ok) return;
          take(r.value);
        }
      });
    }
    await sending.wait();
    ch.close();
    await receiving.wait();

    const total = senders * perSender;
    expect(got.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: total }, (_, i) => i));
    // The values that one receiver got from one sender are in order.
    for (const mine of got) {
      for (let s = 0; s < senders; s++) {
        const ofSender = mine.filter((value) => Math.floor(value / perSender) === s);
        expect(ofSender).toEqual([...ofSender].sort((a, b) => a - b));
      }
    }
  });
});

describe("values", () => {
  const never = (): never => {
    throw new Error("the value must not be inspected");
  };
  const values: readonly [name: string, value: unknown][] = [
    ["undefined", undefined],
    ["null", null],
    ["NaN", NaN],
    ["0", 0],
    ["the empty string", ""],
    ["false", false],
    ["a promise", Promise.resolve(1)],
    ["a thenable", { then: never }],
    ["a getter that throws for then", Object.defineProperty({}, "then", { get: never })],
    ["the result of a closed channel", closed],
    ["a channel", new Channel<number>()],
    ["a function", () => 0],
  ];

  // R8, R9, R21, R24, R26
  test.each(values)("%s arrives unchanged", async (_, value) => {
    for (const capacity of capacities) {
      const ch = new Channel<unknown>(capacity);
      const waiting = ch.receive();
      await ch.send(value);
      const sending = ch.send(value);
      const taken = [await waiting, await ch.receive()];
      await sending;
      void ch.send(value);
      const tried = ch.tryReceive();
      for (const r of [...taken, tried]) {
        expect(r?.ok).toBe(true);
        expect(Object.is(r?.value, value)).toBe(true);
      }
    }
  });

  // R9
  test("a channel that was received from a channel can be used immediately in a case", async () => {
    const calls = new Channel<Channel<string>>(1);
    const reply = new Channel<string>();
    await calls.send(reply);
    const { value: back } = await calls.receive();
    expect(back).toBe(reply);
    go(async () => {
      await select({ out: send(back, "hello") });
    });
    expect(await reply.receive()).toEqual({ value: "hello", ok: true });
  });
});

describe("a send that is not awaited", () => {
  // R18, R32
  test("is an unhandled rejection when the channel is closed, before the send or after it", async () => {
    const program = `
      import { Channel, select, send } from "goro";
      import { setImmediate as turn } from "node:timers/promises";
      const ways = {
        send: (ch) => ch.send(1),
        "select by name": (ch) => select({ out: send(ch, 2) }),
        "select by index": (ch) => select([send(new Channel(), 3), send(ch, 4)]),
      };
      for (const capacity of [0, 1]) {
        for (const when of ["closed before", "closed after"]) {
          for (const [way, begin] of Object.entries(ways)) {
            const ch = new Channel<number>(capacity);
            if (capacity > 0) ch.trySend(0);
            process.once("unhandledRejection", (e) => console.log(capacity, when, way, String(e)));
            if (when === "closed before") ch.close();
            void begin(ch);
            if (when === "closed after") ch.close();
            for (let i = 0; i < 3; i++) await turn();
          }
        }
      }`;
    const { code, stdout, stderr } = await runSource(program);
    const lines = [0, 1].flatMap((capacity) =>
      ["closed before", "closed after"].flatMap((when) =>
        ["send", "select by name", "select by index"].map(
          (way) => `${capacity} ${when} ${way} PanicError: send on closed channel\n`,
        ),
      ),
    );
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: lines.join(""), stderr: "" });
  });
});

test.each<[string, unknown, string]>([
  ["an option that does not exist", { nam: "jobs" }, "Channel: unknown option nam; the options are name"],
  ["an option beside the name", { name: "jobs", size: 3 }, "Channel: unknown option size; the options are name"],
  ["null for a name", { name: null }, "Channel: name must not be null; leave it out for the default"],
  ["a number for a name", { name: 7 }, "Channel: name must be a string, got 7"],
  ["null", null, "Channel: options must be an object, got null"],
  ["a string", "jobs", 'Channel: options must be an object, got "jobs"'],
  ["a function", function jobs() {}, "Channel: options must be an object, got function jobs"],
])("a channel refuses options that are %s", (_, options, message) => {
  expect(() => new Channel(0, options as never)).toThrow(TypeError);
  expect(() => new Channel(0, options as never)).toThrow(message);
});

test("a channel takes options without a name", () => {
  expect(new Channel(3, {}).capacity).toBe(3);
  expect(new Channel(3, { name: undefined } as never).capacity).toBe(3);
});
