// Channels as web streams.

import { describe, expect, test } from "@jest/globals";
import { Channel, context, fromReadableStream, PanicError, toReadableStream, toWritableStream } from "goro";
import { quiet, stateOf } from "../support/promises.ts";

describe("toReadableStream", () => {
  test("delivers the values of the channel, and closes with the channel", async () => {
    const ch = new Channel<number | undefined>(3);
    for (const n of [1, undefined, 3]) await ch.send(n);
    ch.close();
    const values: unknown[] = [];
    for await (const n of toReadableStream(ch)) values.push(n);
    expect(values).toEqual([1, undefined, 3]);
  });

  test("takes no value before the first read, and then one value per read", async () => {
    const ch = new Channel<number>(2);
    await ch.send(1);
    await ch.send(2);
    const reader = toReadableStream(ch).getReader();
    await quiet();
    expect(ch.length).toBe(2);
    expect(await reader.read()).toEqual({ value: 1, done: false });
    await quiet();
    expect(ch.length).toBe(1);
  });

  test("that is canceled takes no more values, reports the reason, and leaves the channel open without a receiver", async () => {
    const ch = new Channel<number>();
    const reasons: Error[] = [];
    const reader = toReadableStream(ch, { onCancel: (reason) => reasons.push(reason) }).getReader();
    const read = reader.read();
    expect(await stateOf(read)).toBe("pending");
    await reader.cancel("enough");
    expect(await read).toEqual({ value: undefined, done: true });
    expect(reasons.map(({ message, cause }) => [message, cause])).toEqual([["enough", "enough"]]);
    await quiet();
    expect(ch.trySend(1)).toBe(false);
  });

  test("fails with the cause when the context is canceled, during a read and afterwards", async () => {
    const [ctx, cancel] = context.withCancelCause(context.background());
    const ch = new Channel<number>(1);
    const waiting = toReadableStream(ch, { ctx }).getReader().read();
    const idle = toReadableStream(ch, { ctx }).getReader();
    await quiet();
    const reason = new Error("enough");
    cancel(reason);
    await expect(waiting).rejects.toBe(reason);
    ch.trySend(1);
    await expect(idle.read()).rejects.toBe(reason);
    expect(ch.length).toBe(1);
  });

  test("rejects invalid arguments", () => {
    expect(() => toReadableStream({} as never)).toThrow("toReadableStream: channel must be a Channel");
    expect(() => toReadableStream(new Channel(), { ctx: 1 as never })).toThrow("ctx must be a context, got 1");
    expect(() => toReadableStream(new Channel(), { onCancel: 1 as never })).toThrow("onCancel must be a function");
    expect(() => toReadableStream(null as never)).toThrow("channel must be a Channel, got null");
    expect(() => toReadableStream(new Channel(), { signal: 1 } as never)).toThrow("signal must be an AbortSignal");
  });
});

test("a stream fails at once if its context is already canceled", async () => {
  const [ctx, cancel] = context.withCancelCause(context.background());
  const reason = new Error("enough");
  cancel(reason);
  const ch = new Channel<number>(1);
  await expect(toReadableStream(ch, { ctx }).getReader().closed).rejects.toBe(reason);
  await expect(toWritableStream(ch, { ctx }).getWriter().closed).rejects.toBe(reason);
  expect(ch.tryReceive()).toEqual({ value: undefined, ok: false });
});

describe("toWritableStream", () => {
  test("sends the written values in order, ends each write when its value is received, and closes the channel", async () => {
    const ch = new Channel<number>();
    const writer = toWritableStream(ch).getWriter();
    const first = writer.write(1);
    expect(await stateOf(first)).toBe("pending");
    const second = writer.write(2);
    const closed = writer.close();
    expect((await ch.receive()).value).toBe(1);
    expect(await stateOf(first)).toBe("fulfilled");
    expect(await stateOf(second)).toBe("pending");
    expect((await ch.receive()).value).toBe(2);
    expect((await ch.receive()).ok).toBe(false);
    await closed;
  });

  test("leaves the channel open with preventClose", async () => {
    const ch = new Channel<number>(1);
    await toWritableStream(ch, { preventClose: true }).getWriter().close();
    expect(ch.trySend(1)).toBe(true);
  });

  test("can be a pipe destination, with backpressure from the receivers", async () => {
    let produced = 0;
    const source = new ReadableStream<number>(
      {
        pull: (controller) => {
          if (++produced > 5) controller.close();
          else controller.enqueue(produced);
        },
      },
      { highWaterMark: 0 },
    );
    const ch = new Channel<number>();
    const piped = source.pipeTo(toWritableStream(ch));
    await quiet();
    expect(produced).toBeLessThanOrEqual(2);
    const values: number[] = [];
    for await (const n of ch) values.push(n);
    expect(values).toEqual([1, 2, 3, 4, 5]);
    await piped;
  });

  test("that is aborted withdraws a waiting write, reports the reason, and closes the channel", async () => {
    const ch = new Channel<number>();
    const reasons: Error[] = [];
    const writer = toWritableStream(ch, { onAbort: (reason) => reasons.push(reason) }).getWriter();
    writer.closed.catch(() => undefined);
    const written = writer.write(1);
    await quiet();
    const reason = new Error("enough");
    await writer.abort(reason);
    await expect(written).rejects.toBe(reason);
    expect(reasons).toEqual([reason]);
    expect(await ch.receive()).toEqual({ value: undefined, ok: false });
  });

  test.each([true, false])("fails with the cause when the context is canceled (a write waits: %p)", async (waits) => {
    const [ctx, cancel] = context.withCancelCause(context.background());
    const ch = new Channel<number>();
    const writer = toWritableStream(ch, { ctx }).getWriter();
    const closed = expect(writer.closed).rejects.toBeInstanceOf(Error);
    const written = waits ? writer.write(1) : null;
    const rejection = written === null ? null : expect(written).rejects.toThrow("enough");
    await quiet();
    cancel(new Error("enough"));
    expect(await ch.receive()).toEqual({ value: undefined, ok: false });
    await rejection;
    await closed;
    await expect(writer.write(2)).rejects.toThrow("enough");
  });

  test("that is aborted without a reason rejects a waiting write with an AbortError", async () => {
    const writer = toWritableStream(new Channel<number>()).getWriter();
    writer.closed.catch(() => undefined);
    const written = writer.write(1);
    await quiet();
    await writer.abort();
    await expect(written).rejects.toMatchObject({ name: "AbortError" });
  });

  test("that is aborted after a receiver has taken the value fulfills the write", async () => {
    const ch = new Channel<number>();
    const writer = toWritableStream(ch).getWriter();
    writer.closed.catch(() => undefined);
    const written = writer.write(1);
    await quiet();
    const received = ch.receive();
    const aborted = writer.abort("enough");
    expect(await received).toEqual({ value: 1, ok: true });
    await written;
    await aborted;
  });

  test("that is aborted keeps the channel open with preventClose", async () => {
    const ch = new Channel<number>(1);
    await toWritableStream(ch, { preventClose: true }).abort(new Error("enough"));
    expect(ch.trySend(1)).toBe(true);
  });

  test("rejects with the error of onAbort, and still closes the channel", async () => {
    const failure = new Error("in onAbort");
    const ch = new Channel<number>();
    const stream = toWritableStream(ch, {
      onAbort: () => {
        throw failure;
      },
    });
    await expect(stream.abort()).rejects.toBe(failure);
    expect(ch.tryReceive()).toEqual({ value: undefined, ok: false });
  });

  test.each([true, false])("accepts that other code closes the channel too (first: %p)", async (first) => {
    const [ctx, cancel] = context.withCancel(context.background());
    const ch = new Channel<number>();
    const closing = new Channel<number>();
    const [idle, writer] = [toWritableStream(ch, { ctx }), toWritableStream(closing).getWriter()];
    if (first) ch.close();
    cancel();
    expect(() => ch.close()).toThrow("close of closed channel");
    closing.close();
    await writer.close();
    await expect(idle.getWriter().closed).rejects.toBeInstanceOf(context.Canceled);
  });

  test("lets timers fire while there is room", async () => {
    const [ctx, cancel] = context.withTimeout(context.background(), 10);
    const ch = new Channel<number>(2 ** 22);
    const writer = toWritableStream(ch, { preventClose: true }).getWriter();
    while (ctx.err() === undefined) await writer.write(1);
    cancel();
    expect(ch.length).toBeLessThan(ch.capacity);
  });

  test("fails if other code has closed the channel", async () => {
    const ch = new Channel<number>();
    const writer = toWritableStream(ch).getWriter();
    writer.closed.catch(() => undefined);
    ch.close();
    await expect(writer.write(1)).rejects.toBeInstanceOf(PanicError);
    await expect(writer.write(2)).rejects.toBeInstanceOf(PanicError);
  });

  test("rejects invalid arguments", () => {
    expect(() => toWritableStream(3 as never)).toThrow("toWritableStream: channel must be a Channel, got 3");
    expect(() => toWritableStream(new Channel(), { onAbort: 1 as never })).toThrow("onAbort must be a function");
    expect(() => toWritableStream(new Channel(), { ctx: new AbortController().signal as never })).toThrow(
      "ctx must be a context, got an AbortSignal; write signal: for an AbortSignal",
    );
    expect(() => toWritableStream(new Channel(), { prevntClose: true } as never)).toThrow(
      "unknown option prevntClose; the options are ctx, signal, onAbort, preventClose",
    );
  });
});

test("a channel that is converted to a stream and back has the same values", async () => {
  const ch = new Channel<number>(3);
  for (const n of [1, 2, 3]) await ch.send(n);
  ch.close();
  const values: number[] = [];
  for await (const n of fromReadableStream(toReadableStream(ch))) values.push(n);
  expect(values).toEqual([1, 2, 3]);
});
