// Cancels a send, a receive and a loop over a channel by a context or by a signal: before the call, during the wait, and when a peer comes.

import { describe, expect, test } from "@jest/globals";
import { getEventListeners } from "node:events";
import { Channel, context, go, PanicError, receive, select } from "goro";
import { bubble } from "goro/testing";
import { channelStateOf } from "../../src/channel/channel.ts";
import { chanReceive, chanSend } from "../../src/runtime/wait-reasons.ts";
import { type Canceler, cancelers } from "../support/cancelers.ts";

const why = new Error("why");

const byAnyCapacity = Object.keys(cancelers).flatMap((by) => [0, 1, 2, 64].map((capacity) => [by, capacity] as const));

function fill(ch: Channel<number>): void {
  for (let i = 0; i < ch.capacity; i++) ch.trySend(i);
}

describe.each(byAnyCapacity)("with %s and capacity %i", (by, capacity) => {
  const newCanceler = cancelers[by] as () => Canceler;

  test("a send that is canceled before the call has not happened, although there is a receiver", async () => {
    const ch = new Channel<number>(capacity);
    const { options, reason, cancel } = newCanceler();
    const receiving = ch.receive();
    cancel();
    await expect(ch.send(1, options)).rejects.toBe(reason());
    ch.trySend(2);
    await expect(receiving).resolves.toEqual({ value: 2, ok: true });
  });

  test("a receive that is canceled before the call has taken nothing, although there is a value", async () => {
    const ch = new Channel<number>(capacity);
    const { options, reason, cancel } = newCanceler();
    const sending = ch.send(1);
    cancel();
    await expect(ch.receive(options)).rejects.toBe(reason());
    expect(ch.tryReceive()).toEqual({ value: 1, ok: true });
    await sending;
  });

  test("operations that need not wait complete, and leave no listener", async () => {
    const ch = new Channel<number>(capacity);
    const { options, listeners } = newCanceler();
    const receiving = ch.receive();
    await ch.send(1, options);
    await expect(receiving).resolves.toEqual({ value: 1, ok: true });
    const sending = ch.send(2);
    await expect(ch.receive(options)).resolves.toEqual({ value: 2, ok: true });
    await sending;
    ch.close();
    await expect(ch.receive(options)).resolves.toEqual({ value: undefined, ok: false });
    await expect(ch.send(3, options)).rejects.toThrow(PanicError);
    expect(listeners()).toBe(0);
  });

  test("a waiting send that is canceled has not happened, and leaves neither a sender nor a listener", async () => {
    const ch = new Channel<number>(capacity);
    fill(ch);
    const { options, reason, listeners, cancel } = newCanceler();
    const sending = ch.send(-1, options);
    const later = ch.send(-2);
    expect(listeners()).toBe(1);
    cancel();
    await expect(sending).rejects.toBe(reason());
    for (let i = 0; i < capacity; i++) expect(ch.tryReceive()?.value).toBe(i);
    expect(ch.tryReceive()).toEqual({ value: -2, ok: true });
    await later;
    expect([ch.tryReceive(), listeners(), chanSend.waiting]).toEqual([undefined, 0, 0]);
  });

  test("a waiting receive that is canceled has taken nothing, and leaves neither a receiver nor a listener", async () => {
    const ch = new Channel<number>(capacity);
    const { options, reason, listeners, cancel } = newCanceler();
    const receiving = ch.receive(options);
    const later = ch.receive();
    expect(listeners()).toBe(1);
    cancel();
    ch.trySend(1);
    await expect(receiving).rejects.toBe(reason());
    await expect(later).resolves.toEqual({ value: 1, ok: true });
    expect([listeners(), chanReceive.waiting]).toEqual([0, 0]);
  });

  test("a waiting send and a waiting receive that a peer completes leave no listener", async () => {
    const ch = new Channel<number>(capacity);
    const { options, listeners } = newCanceler();
    const receiving = ch.receive(options);
    ch.trySend(1);
    expect(listeners()).toBe(0);
    await receiving;
    fill(ch);
    const sending = ch.send(-1, options);
    for (let i = 0; i <= capacity; i++) ch.tryReceive();
    expect(listeners()).toBe(0);
    await sending;
  });

  test("a value and a cancellation in one step: the first of them is the outcome", async () => {
    const ch = new Channel<number>(capacity);
    for (const isCanceledFirst of [true, false]) {
      fill(ch);
      const sender = newCanceler();
      const sending = ch.send(-1, sender.options).then(
        () => "sent",
        () => "canceled",
      );
      if (isCanceledFirst) sender.cancel();
      const received = Array.from({ length: capacity + 1 }, () => ch.tryReceive()?.value);
      sender.cancel();
      expect(received.at(-1)).toBe(isCanceledFirst ? undefined : -1);
      await expect(sending).resolves.toBe(isCanceledFirst ? "canceled" : "sent");

      const receiver = newCanceler();
      const receiving = ch.receive(receiver.options).then(
        ({ value }) => value,
        () => "canceled",
      );
      if (isCanceledFirst) receiver.cancel();
      const isSent = ch.trySend(7);
      receiver.cancel();
      await expect(receiving).resolves.toBe(isCanceledFirst ? "canceled" : 7);
      expect(isSent).toBe(!isCanceledFirst || capacity > 0);
      ch.tryReceive();
      expect([sender.listeners(), receiver.listeners()]).toEqual([0, 0]);
    }
  });

  test("a close and a cancellation in one step: the first of them is the outcome", async () => {
    for (const isCanceledFirst of [true, false]) {
      const ch = new Channel<number>(capacity);
      const full = new Channel<number>(capacity);
      fill(full);
      const { options, reason, listeners, cancel } = newCanceler();
      const outcomes = Promise.allSettled([ch.receive(options), full.send(-1, options)]);
      if (isCanceledFirst) cancel();
      ch.close();
      full.close();
      cancel();
      const canceled = { status: "rejected", reason: reason() };
      const closed = { status: "fulfilled", value: { value: undefined, ok: false } };
      const panic = { status: "rejected", reason: new PanicError("send on closed channel") };
      expect(await outcomes).toEqual(isCanceledFirst ? [canceled, canceled] : [closed, panic]);
      expect(listeners()).toBe(0);
    }
  });

  test("a loop ends without an error when it is canceled, and takes no value that it does not yield", async () => {
    const ch = new Channel<number>(capacity);
    const { options, listeners, cancel } = newCanceler();
    const seen: number[] = [];
    go(async () => {
      for (let i = 1; i <= 3; i++) await ch.send(i);
      cancel();
      await ch.send(4);
    });
    for await (const value of ch.values(options)) seen.push(value);
    expect(seen).toEqual([1, 2, 3].slice(0, seen.length));
    let rest = seen.length;
    while (rest < 4) await expect(ch.receive()).resolves.toEqual({ value: ++rest, ok: true });
    expect([ch.tryReceive(), listeners(), chanReceive.waiting]).toEqual([undefined, 0, 0]);
  });

  test("a loop that waits ends when it is canceled, with all its steps", async () => {
    const ch = new Channel<number>(capacity);
    const { options, listeners, cancel } = newCanceler();
    const values = ch.values(options);
    const steps = [values.next(), values.next(), values.next()];
    expect(listeners()).toBe(1);
    ch.trySend(1);
    expect(listeners()).toBe(1);
    cancel();
    expect(listeners()).toBe(0);
    await expect(Promise.all(steps)).resolves.toEqual([
      { value: 1, done: false },
      { value: undefined, done: true },
      { value: undefined, done: true },
    ]);
    const sending = ch.send(2);
    await expect(values.next()).resolves.toEqual({ value: undefined, done: true });
    expect(ch.tryReceive()).toEqual({ value: 2, ok: true });
    await sending;
  });

  test("a loop that is left by break leaves the channel open, and no listener", async () => {
    const ch = new Channel<number>(capacity);
    const { options, listeners } = newCanceler();
    const values = ch.values(options);
    const step = values.next();
    ch.trySend(1);
    await step;
    expect(listeners()).toBe(0);
    const waiting = values.next();
    expect(listeners()).toBe(1);
    await values.return();
    await expect(waiting).resolves.toEqual({ value: undefined, done: true });
    expect(listeners()).toBe(0);
    const sending = ch.send(2);
    await expect(ch.receive()).resolves.toEqual({ value: 2, ok: true });
    await sending;
  });

  test("a loop ends when the channel is closed, and leaves no listener", async () => {
    const ch = new Channel<number>(capacity);
    const { options, listeners } = newCanceler();
    go(async () => {
      await ch.send(1);
      ch.close();
    });
    const seen: number[] = [];
    for await (const value of ch.values(options)) seen.push(value);
    expect([seen, listeners()]).toEqual([[1], 0]);
  });
});

test("options without a ctx or signal, or with a context that is never canceled, are like no options", async () => {
  const ch = new Channel<number>();
  for (const options of [{}, { ctx: context.background() }, { ctx: undefined, signal: undefined }]) {
    const receiving = ch.receive(options);
    await ch.send(1, options);
    await expect(receiving).resolves.toEqual({ value: 1, ok: true });
    const sending = ch.send(2, options);
    for await (const value of ch.values(options)) {
      expect(value).toBe(2);
      break;
    }
    await sending;
  }
  const loop = ch.values().next();
  ch.close();
  await expect(loop).resolves.toEqual({ value: undefined, done: true });
});

test("options of a wrong type are a TypeError that names the method, and nothing is sent or taken", async () => {
  const ch = new Channel<number>(1);
  await expect(ch.send(1, { ctx: 7 } as never)).rejects.toThrow("Channel.send: ctx must be a context, got 7");
  await expect(ch.send(1, context.background() as never)).rejects.toThrow("a context is passed as { ctx }");
  ch.trySend(2);
  await expect(ch.receive({ sginal: AbortSignal.abort() } as never)).rejects.toThrow(
    "Channel.receive: unknown option sginal; the options are ctx, signal",
  );
  expect(() => ch.values({ signal: 7 } as never)).toThrow("Channel.values: signal must be an AbortSignal, got 7");
  expect(ch.tryReceive()?.value).toBe(2);
});

test("a context whose done() is not a channel is a TypeError, and one without an error a PanicError", async () => {
  const ch = new Channel<number>();
  const [ctx] = context.withCancel(context.background());
  const imitation = { done: () => ({}), err: () => undefined, deadline: () => undefined, value: () => undefined };
  await expect(ch.receive({ ctx: { ...imitation, signal: ctx.signal } })).rejects.toThrow(
    "Channel.receive: ctx.done() must return a Channel, got [object Object]",
  );
  const done = new Channel<never>();
  const broken = { ...imitation, signal: ctx.signal, done: () => done };
  const waiting = ch.receive({ ctx: broken });
  done.close();
  await expect(waiting).rejects.toThrow("missing cancel error");
  await expect(ch.receive({ ctx: broken })).rejects.toThrow("missing cancel error");
  expect(channelStateOf(ch)?.receivers.first).toBeNull();
});

test("a wait on a channel that is never ready is canceled", async () => {
  const [ctx, cancel] = context.withCancel(context.background());
  const waiting = context.background().done().receive({ ctx });
  cancel();
  await expect(waiting).rejects.toBe(ctx.err());
  expect(chanReceive.waiting).toBe(0);
});

test("a hundred waits share one listener on a signal", async () => {
  const ch = new Channel<number>();
  const controller = new AbortController();
  const { signal } = controller;
  const waits = Array.from({ length: 100 }, () => ch.receive({ signal }));
  context.fromSignal(signal);
  expect(getEventListeners(signal, "abort")).toHaveLength(1);
  controller.abort(why);
  const outcomes = await Promise.allSettled(waits);
  expect(outcomes.every((outcome) => outcome.status === "rejected" && outcome.reason === why)).toBe(true);
  expect(getEventListeners(signal, "abort")).toHaveLength(0);
});

test("a wait that the end of a bubble has ended is not ended again by its signal", async () => {
  const controller = new AbortController();
  const before = chanReceive.waiting;
  await expect(
    bubble(() => {
      void new Channel<number>().receive({ signal: controller.signal });
      throw why;
    }),
  ).rejects.toBe(why);
  controller.abort();
  expect(chanReceive.waiting).toBe(before);
});

test("a select on ctx.done() and a receive with the same context both end", async () => {
  const ch = new Channel<number>();
  const [ctx, cancel] = context.withCancel(context.background());
  const selecting = select({ value: receive(ch), canceled: receive(ctx.done()) });
  const receiving = ch.receive({ ctx });
  cancel();
  await expect(selecting).resolves.toMatchObject({ case: "canceled" });
  await expect(receiving).rejects.toBe(ctx.err());
});
