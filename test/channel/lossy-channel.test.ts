import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  Channel,
  context,
  go,
  LossyChannel,
  PanicError,
  receive,
  type ReceiveChannel,
  runPool,
  select,
  send,
  type SendChannel,
  toWritableStream,
} from "goro";
import { bubble, waitUntilBlocked } from "goro/testing";
import { record } from "goro/trace";
import { inspect } from "node:util";

const policies = ["drop-oldest", "drop-newest"] as const;

/** Receives all values of a closed channel. */
async function drain<T>(ch: ReceiveChannel<T>): Promise<T[]> {
  const values: T[] = [];
  for await (const value of ch) values.push(value);
  return values;
}

test("a full channel drops its oldest value, and trySend returns true because its own value was kept", async () => {
  const ch = new LossyChannel<number>(2, { overflow: "drop-oldest" });
  for (const n of [1, 2, 3, 4]) expect(ch.trySend(n)).toBe(true);
  expect([ch.dropped, ch.length, ch.capacity]).toEqual([2, 2, 2]);
  ch.close();
  expect(await drain(ch)).toEqual([3, 4]);
});

test("a full channel drops the newest value, and trySend returns false", async () => {
  const ch = new LossyChannel<number>(2, { overflow: "drop-newest" });
  expect([1, 2, 3, 4].map((n) => ch.trySend(n))).toEqual([true, true, false, false]);
  expect([ch.dropped, ch.length]).toEqual([2, 2]);
  expect(ch.tryReceive()).toEqual({ value: 1, ok: true });
  expect(ch.trySend(5)).toBe(true);
  ch.close();
  expect(await drain(ch)).toEqual([2, 5]);
});

describe.each(policies)("%s", (overflow) => {
  test("send does not wait", () =>
    bubble(async () => {
      const ch = new LossyChannel<number>(1, { overflow });
      for (const n of [1, 2, 3]) await ch.send(n);
      expect(ch.dropped).toBe(2);
      expect(await ch.receive()).toEqual({ value: overflow === "drop-oldest" ? 3 : 1, ok: true });
    }));

  test("a receiver that waits gets the value directly", () =>
    bubble(async () => {
      const ch = new LossyChannel<number>(1, { overflow });
      const received = ch.receive();
      await waitUntilBlocked();
      for (const n of [1, 2]) expect(ch.trySend(n)).toBe(true);
      expect(await received).toEqual({ value: 1, ok: true });
      expect([ch.dropped, ch.length]).toEqual([0, 1]);
    }));

  test("a send case is always ready, and a receive case waits for a value", () =>
    bubble(async () => {
      const ch = new LossyChannel<number>(1, { overflow });
      const never = new Channel<number>();
      for (const n of [1, 2])
        expect(await select({ sent: send(ch, n), never: receive(never) })).toEqual({ case: "sent" });
      expect(ch.dropped).toBe(1);
      await ch.receive();
      const waiting = select({ value: receive(ch), never: receive(never) });
      await waitUntilBlocked();
      await ch.send(3);
      expect(await waiting).toEqual({ case: "value", value: 3, ok: true });
    }));

  test.each<[caller: string, sendAll: (ch: LossyChannel<unknown>) => Promise<unknown>]>([
    [
      "send with a context or a signal",
      async (ch) => {
        const [ctx, cancel] = context.withCancel(context.background());
        await ch.send(1, { ctx });
        await ch.send(2, { signal: new AbortController().signal });
        await ch.send(3, { ctx });
        cancel();
      },
    ],
    [
      "a writable stream",
      async (ch) => {
        const writer = toWritableStream(ch, { preventClose: true }).getWriter();
        for (const n of [1, 2, 3]) await writer.write(n);
      },
    ],
    [
      "runPool",
      (ch) => {
        const jobs = new Channel<number>(3);
        for (const n of [1, 2, 3]) jobs.trySend(n);
        jobs.close();
        return runPool(context.background(), jobs, ch, (_ctx, n) => n, { workers: 2 });
      },
    ],
  ])("%s does not wait, and counts a value that is dropped once", (_, sendAll) =>
    bubble(async () => {
      const ch = new LossyChannel<unknown>(1, { overflow });
      const sending = sendAll(ch);
      await waitUntilBlocked();
      expect([ch.length, ch.dropped]).toEqual([1, 2]);
      await sending;
      const n = overflow === "drop-oldest" ? 3 : 1;
      const { value } = await ch.receive();
      expect(value instanceof Object ? value : { value }).toMatchObject({ value: n });
    }),
  );

  test("after close, the buffer is received, receives end, and each kind of send panics", () =>
    bubble(async () => {
      const ch = new LossyChannel<number>(1, { overflow });
      const ended = new LossyChannel<number>(1, { overflow });
      const waiting = ended.receive();
      await waitUntilBlocked();
      ended.close();
      expect(await waiting).toEqual({ value: undefined, ok: false });
      ch.trySend(1);
      ch.close();
      const panic = new PanicError("send on closed channel");
      expect(() => ch.trySend(2)).toThrow(panic);
      await expect(ch.send(2)).rejects.toThrow(panic);
      await expect(select([send(ch, 2)])).rejects.toThrow(panic);
      expect(() => ch.close()).toThrow(new PanicError("close of closed channel"));
      expect(ch.dropped).toBe(0);
      expect(await drain(ch)).toEqual([1]);
    }));

  test("it is both ends, and shows its state", () => {
    const ch = new LossyChannel<number>(1, { overflow, name: "events" });
    const ends: [SendChannel<number>, ReceiveChannel<number>] = [ch, ch];
    expect(inspect(ends[0])).toBe("LossyChannel(events) 0/1");
    for (const n of [1, 2]) ch.trySend(n);
    ch.close();
    expect(String(ch)).toBe("LossyChannel(events) 1/1, closed, 1 dropped");
  });

  test.each([
    [true, overflow === "drop-oldest" ? "1" : "2"],
    [false, "a value"],
  ])("a recording contains each value that was dropped (values: %p)", async (values, shown) => {
    using recording = record({ values });
    const named = new LossyChannel<number>(1, { overflow, name: "events" });
    const unnamed = new LossyChannel<number>(1, { overflow });
    for (const n of [1, 2]) for (const ch of [named, unnamed]) ch.trySend(n);
    await named.receive();
    const { events } = recording.stop();
    expect(events.filter(({ type }) => type === "log")).toMatchObject([
      { text: `dropped ${shown}: events is full` },
      { text: `dropped ${shown}: a channel is full` },
    ]);
    // The value that is received is the one that was kept.
    const sent = events.filter((event) => event.type === "send").filter(({ channel }) => channel === 1);
    expect(events.findLast((event) => event.type === "receive")?.value).toBe(sent.at(-1)?.value);
  });

  test("histories of sends and receives are those of a list that drops", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.boolean(), { maxLength: 40, size: "max" }),
        (capacity, sends) => {
          const ch = new LossyChannel<number>(capacity, { overflow });
          const model: number[] = [];
          let dropped = 0;
          for (const [n, isSend] of sends.entries()) {
            if (!isSend) {
              const value = model.shift();
              expect(ch.tryReceive()).toEqual(value === undefined ? undefined : { value, ok: true });
              continue;
            }
            const isFull = model.length === capacity;
            if (isFull) dropped++;
            if (isFull && overflow === "drop-oldest") model.shift();
            const isKept = model.length < capacity;
            if (isKept) model.push(n);
            expect(ch.trySend(n)).toBe(isKept);
            expect([ch.length, ch.dropped]).toEqual([model.length, dropped]);
          }
        },
      ),
    );
  });

  test("a sender that never waits and a receiver alternate fairly: every value is received or dropped", () =>
    bubble(async () => {
      const ch = new LossyChannel<number>(3, { overflow });
      go(async () => {
        for (let n = 0; n < 1_000; n++) await ch.send(n);
        ch.close();
      });
      const values = await drain(ch);
      expect(values).toEqual([...values].sort((a, b) => a - b));
      expect(values.length + ch.dropped).toBe(1_000);
    }));
});

test("wrong arguments get an error that names them", () => {
  const make = (...args: unknown[]): unknown => Reflect.construct(LossyChannel, args);
  const options = { overflow: "drop-oldest" };
  for (const capacity of [0, -1, 1.5, NaN, "1", undefined, 2 ** 32]) {
    expect(() => make(capacity, options)).toThrow(RangeError);
    expect(() => make(capacity, options)).toThrow(
      /^LossyChannel: capacity must be a whole number, from 1 to 4294967295, got /,
    );
  }
  const unknown = (got: string): string =>
    `LossyChannel: overflow must be one of "drop-newest", "drop-oldest", got ${got}`;
  expect(() => make(1)).toThrow(new TypeError(unknown("undefined")));
  expect(() => make(1, { overflow: "error" })).toThrow(new TypeError(unknown('"error"')));
  expect(() => make(1, { ...options, name: 1 })).toThrow(new TypeError("LossyChannel: name must be a string, got 1"));
  expect(() => make(1, { policy: "drop-oldest" })).toThrow(
    new TypeError("LossyChannel: unknown option policy; write overflow instead"),
  );
});

test("a send that was canceled before the call sends and drops nothing", async () => {
  const ch = new LossyChannel<number>(1, { overflow: "drop-oldest" });
  const [ctx, cancel] = context.withCancel(context.background());
  await ch.send(1, { ctx });
  cancel();
  await expect(ch.send(2, { ctx })).rejects.toBe(ctx.err());
  expect([ch.dropped, ch.tryReceive()]).toEqual([0, { value: 1, ok: true }]);
});
