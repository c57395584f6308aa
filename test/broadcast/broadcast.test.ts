import { expect, test } from "@jest/globals";
import { inspect } from "node:util";
import {
  Broadcast,
  context,
  defer,
  go,
  PanicError,
  receive,
  type ReceiveChannel,
  select,
  type SubscribeOptions,
  type Subscription,
} from "goro";
import { bubble, waitUntilBlocked } from "goro/testing";
import { record, snapshot, watchGoroutines } from "goro/trace";
import { addHooks } from "../../src/runtime/hooks.ts";
import { inBubble, Wrapper } from "../support/contexts.ts";
import { quiet, stateOf } from "../support/promises.ts";

const wait: SubscribeOptions = { overflow: "wait", capacity: 1 };
const policies = ["wait", "drop-oldest", "drop-newest"] as const;
const panic = new PanicError("send on closed Broadcast");

/** Receives all values of a subscription that ends. */
async function drain<T>(subscription: ReceiveChannel<T>): Promise<T[]> {
  const values: T[] = [];
  for await (const value of subscription) values.push(value);
  return values;
}

/** The values in the buffer. */
function buffered<T>(subscription: Subscription<T>): (T | undefined)[] {
  return Array.from({ length: subscription.length }, () => subscription.tryReceive()?.value);
}

test("each subscription gets each value that is sent after it was made, in order", () =>
  inBubble(async () => {
    const broadcast = new Broadcast<number>();
    const [first, second] = [broadcast.subscribe(), broadcast.subscribe({ overflow: "wait" })];
    await broadcast.send(1);
    const late = broadcast.subscribe({ overflow: "drop-newest" });
    await broadcast.send(2);
    broadcast.close();
    expect(await Promise.all([first, second, late].map(drain))).toEqual([[1, 2], [1, 2], [2]]);
  }));

test("a slow subscription that drops holds up neither the sender nor the others, and counts its drops", () =>
  inBubble(async () => {
    const broadcast = new Broadcast<number>();
    const oldest = broadcast.subscribe({ capacity: 2 });
    const newest = broadcast.subscribe({ capacity: 2, overflow: "drop-newest" });
    const fast = drain(broadcast.subscribe());
    for (const n of [1, 2, 3, 4]) await broadcast.send(n);
    expect([buffered(oldest), oldest.dropped]).toEqual([[3, 4], 2]);
    expect([buffered(newest), newest.dropped]).toEqual([[1, 2], 2]);
    broadcast.close();
    expect(await fast).toEqual([1, 2, 3, 4]);
  }));

test('a send waits for a subscription with the policy "wait"; the others get the value at once', () =>
  inBubble(async () => {
    const broadcast = new Broadcast<number>();
    const slow = broadcast.subscribe(wait);
    const fast = drain(broadcast.subscribe({ overflow: "wait" }));
    const other = broadcast.subscribe();
    await broadcast.send(1);
    const sends = [2, 3].map((n) => broadcast.send(n));
    await waitUntilBlocked();
    expect(buffered(other)).toEqual([1, 2, 3]);
    for (const [i, sending] of sends.entries()) {
      expect(await stateOf(sending)).toBe("pending");
      expect(await slow.receive()).toEqual({ value: i + 1, ok: true });
      expect(await stateOf(sending)).toBe("fulfilled");
    }
    expect([slow.tryReceive(), slow.dropped]).toEqual([{ value: 3, ok: true }, 0]);
    broadcast.close();
    expect(await fast).toEqual([1, 2, 3]);
  }));

test("a send waits for all subscriptions without room; with capacity 0 for the receive itself", () =>
  inBubble(async () => {
    const broadcast = new Broadcast<string>();
    const [first, second] = [0, 1].map((capacity) => broadcast.subscribe({ overflow: "wait", capacity }));
    const sending = broadcast.send("a");
    expect(await stateOf(sending)).toBe("pending");
    expect(await first?.receive()).toEqual({ value: "a", ok: true });
    await sending;
    const both = broadcast.send("b");
    await second?.receive();
    expect(await stateOf(both)).toBe("pending");
    await first?.receive();
    await both;
  }));

test("without subscriptions, a send and a trySend return at once", () =>
  inBubble(async () => {
    const broadcast = new Broadcast<number>();
    await broadcast.send(1);
    await broadcast.send(1, { signal: new AbortController().signal });
    expect(broadcast.trySend(2)).toBe(true);
    expect(broadcast.subscribe().tryReceive()).toBeUndefined();
  }));

test('trySend sends to all or, if a subscription with "wait" has no room, to none', () =>
  inBubble(async () => {
    const broadcast = new Broadcast<number>();
    const lossy = broadcast.subscribe({ capacity: 1 });
    const waiting = broadcast.subscribe(wait);
    expect(broadcast.trySend(1)).toBe(true);
    expect(broadcast.trySend(2)).toBe(false);
    expect([buffered(lossy), lossy.dropped, buffered(waiting)]).toEqual([[1], 0, [1]]);
    for (const n of [3, 4]) {
      expect(broadcast.trySend(n)).toBe(true);
      await waiting.receive();
    }
    expect([buffered(lossy), lossy.dropped]).toEqual([[4], 1]);
  }));

test.each(policies)("%s: close ends a subscription after its buffer, and later sends panic", (overflow) =>
  inBubble(async () => {
    const broadcast = new Broadcast<number>();
    const [full, empty] = [broadcast.subscribe({ overflow }), broadcast.subscribe({ overflow })];
    const looping = drain(empty);
    await broadcast.send(1);
    broadcast.close();
    expect([await drain(full), await looping]).toEqual([[1], [1]]);
    expect(await full.receive()).toEqual({ value: undefined, ok: false });
    expect(() => broadcast.trySend(2)).toThrow(panic);
    await expect(broadcast.send(2)).rejects.toThrow(panic);
    await expect(broadcast.send(2, {})).rejects.toThrow(panic);
    expect(() => broadcast.close()).toThrow(new PanicError("close of closed Broadcast"));
    expect(await drain(broadcast.subscribe({ overflow }))).toEqual([]);
  }),
);

test("close ends the sends that wait; the subscriptions that they wait for do not get the values", () =>
  inBubble(async () => {
    const broadcast = new Broadcast<number>();
    const [slow, slower] = [broadcast.subscribe(wait), broadcast.subscribe(wait)];
    await broadcast.send(1);
    const sends = [broadcast.send(2), broadcast.send(3, { ctx: context.withCancel(context.background())[0] })];
    await waitUntilBlocked();
    broadcast.close();
    for (const sending of sends) await expect(sending).rejects.toThrow(panic);
    expect([await drain(slow), await drain(slower)]).toEqual([[1], [1]]);
  }));

test("a send that waits continues without a subscription that ends", () =>
  inBubble(async () => {
    const broadcast = new Broadcast<number>();
    const [slow, slower] = [broadcast.subscribe(wait), broadcast.subscribe(wait)];
    const sends = [1, 2, 3].map((n) => broadcast.send(n));
    await waitUntilBlocked();
    slow.unsubscribe();
    expect(await stateOf(sends[1] as Promise<void>)).toBe("pending");
    expect(broadcast.subscriptionCount).toBe(1);
    slower.unsubscribe();
    await Promise.all(sends);
    expect(broadcast.subscriptionCount).toBe(0);
  }));

test.each(policies)("%s: a subscription ends with its scope: its buffer is discarded, its receivers end", (overflow) =>
  inBubble(async () => {
    const broadcast = new Broadcast<number>();
    let escaped: Subscription<number>;
    {
      using subscription = broadcast.subscribe({ overflow });
      escaped = subscription;
      await broadcast.send(1);
    }
    expect([escaped.length, escaped.tryReceive()]).toEqual([0, { value: undefined, ok: false }]);
    const other = broadcast.subscribe({ overflow });
    const receiving = other.receive();
    await waitUntilBlocked();
    for (let i = 0; i < 2; i++) other.unsubscribe();
    expect(await receiving).toEqual({ value: undefined, ok: false });
    await broadcast.send(2);
    expect(await drain(other)).toEqual([]);
  }),
);

test("after close, the end of a subscription discards what is left of its buffer", () => {
  const broadcast = new Broadcast<number>();
  const subscription = broadcast.subscribe();
  for (const n of [1, 2]) broadcast.trySend(n);
  broadcast.close();
  expect(subscription.tryReceive()).toEqual({ value: 1, ok: true });
  subscription.unsubscribe();
  expect(subscription.tryReceive()).toEqual({ value: undefined, ok: false });
});

test("a loop that is left does not end its subscription", () =>
  inBubble(async () => {
    const broadcast = new Broadcast<number>();
    const subscription = broadcast.subscribe();
    for (const n of [1, 2]) await broadcast.send(n);
    for await (const _ of subscription) break;
    expect(await subscription.receive()).toEqual({ value: 2, ok: true });
  }));

test("select receives from subscriptions", () =>
  inBubble(async () => {
    const broadcast = new Broadcast<number>();
    const subscription = broadcast.subscribe({ overflow: "wait", capacity: 0 });
    const selecting = select({ value: receive(subscription) });
    await waitUntilBlocked();
    await broadcast.send(1);
    expect(await selecting).toEqual({ case: "value", value: 1, ok: true });
  }));

test("a canceled send rejects with the reason: those that had room have the value, the others do not get it", () =>
  inBubble(async () => {
    const reason = new Error("too slow");
    const [ctx, cancel] = context.withCancelCause(context.background());
    const controller = new AbortController();
    const options = [{ ctx }, { signal: controller.signal }, { ctx: new Wrapper(ctx) }];
    const broadcast = new Broadcast<number>();
    const [slow, fast] = [broadcast.subscribe(wait), broadcast.subscribe()];
    await broadcast.send(0, { ctx });
    const sends = options.map((option, i) => expect(broadcast.send(i + 1, option)).rejects.toThrow());
    const kept = broadcast.send(4);
    await waitUntilBlocked();
    cancel(reason);
    controller.abort(reason);
    await Promise.all(sends);
    expect(buffered(fast)).toEqual([0, 1, 2, 3, 4]);
    expect(await slow.receive()).toEqual({ value: 0, ok: true });
    await kept;
    expect(buffered(slow)).toEqual([4]);
    await expect(broadcast.send(5, { ctx })).rejects.toThrow(ctx.err());
    await expect(broadcast.send(5, { signal: controller.signal })).rejects.toBe(reason);
    expect([buffered(fast), buffered(slow)]).toEqual([[], []]);
  }));

test("a context of the user's that throws when it is canceled rejects the send", () =>
  inBubble(async () => {
    const failure = new Error("no reason");
    class Broken extends Wrapper {
      override err(): Error | undefined {
        if (super.err() !== undefined) throw failure;
        return undefined;
      }
    }
    const broadcast = new Broadcast<number>();
    const slow = broadcast.subscribe({ overflow: "wait", capacity: 0 });
    const [ctx, cancel] = context.withCancel(context.background());
    const sent = broadcast.send(1, { ctx: new Broken(ctx) });
    cancel();
    await expect(sent).rejects.toBe(failure);
    expect(slow.tryReceive()).toBeUndefined();
  }));

test("a new subscription begins with the last values, as far as it has room", async () => {
  const broadcast = new Broadcast<number>({ replay: 3 });
  for (const overflow of policies) expect(broadcast.subscribe({ overflow }).length).toBe(0);
  for (const n of [1, 2]) broadcast.trySend(n);
  expect(buffered(broadcast.subscribe())).toEqual([1, 2]);
  for (const n of [3, 4, 5]) broadcast.trySend(n);
  for (const overflow of policies) {
    expect(buffered(broadcast.subscribe({ overflow }))).toEqual([3, 4, 5]);
    const small = broadcast.subscribe({ overflow, capacity: 2 });
    expect([buffered(small), small.dropped]).toEqual([[4, 5], 0]);
  }
  expect(broadcast.subscribe({ overflow: "wait", capacity: 0 }).tryReceive()).toBeUndefined();
  broadcast.close();
  expect(await drain(broadcast.subscribe())).toEqual([3, 4, 5]);
});

test("console.log shows the name, the subscriptions and the sends that wait", () =>
  inBubble(async () => {
    const broadcast = new Broadcast<number>({ name: "prices" });
    expect(inspect(broadcast)).toBe("Broadcast(prices) to 0 subscriptions");
    const [slow, named] = [broadcast.subscribe(wait), broadcast.subscribe({ capacity: 1, name: "fast" })];
    expect(inspect({ broadcast })).toBe("{ broadcast: Broadcast(prices) to 2 subscriptions }");
    named.unsubscribe();
    expect(String(broadcast)).toBe("Broadcast(prices) to 1 subscription");
    const lossy = broadcast.subscribe({ capacity: 1, name: "lossy" });
    const sends = [1, 2, 3].map((n) => broadcast.send(n));
    expect(String(broadcast)).toBe("Broadcast(prices) to 2 subscriptions, 2 waiting");
    expect(inspect(slow)).toBe("Subscription(prices) 1/1, 2 senders waiting");
    expect(inspect(lossy)).toBe("Subscription(lossy) 1/1, 2 dropped");
    slow.unsubscribe();
    await Promise.all(sends);
    broadcast.close();
    expect(String(broadcast)).toBe("Broadcast(prices) closed");
    expect(String(new Broadcast())).toBe("Broadcast to 0 subscriptions");
  }));

test("snapshots and recordings show a send that waits, and the subscriptions that it waits for", async () => {
  using _ = defer(watchGoroutines());
  using recording = record({ values: true });
  const broadcast = new Broadcast<number>();
  const [slow, slower] = ["slow", "slower"].map((name) => broadcast.subscribe({ ...wait, name }));
  broadcast.trySend(1);
  go(function publish() {
    return broadcast.send(2);
  });
  await quiet();
  await slow?.receive();
  const goroutine = snapshot().goroutines.find(({ name }) => name === "publish");
  expect(goroutine?.waits).toMatchObject([
    {
      operation: "broadcast send",
      cases: [{ name: "slower", operation: "send", channel: { name: "slower", length: 1 } }],
    },
  ]);
  await slower?.receive();
  await quiet();
  const { events } = recording.stop();
  expect(events.find(({ type }) => type === "block")).toMatchObject({
    operation: "broadcast send",
    cases: [{ name: "slow" }, { name: "slower" }],
  });
  // Both deliveries are sends of the goroutine that waited.
  const publish = events.find((event) => event.type === "go")?.child;
  expect(events.filter(({ type, goroutine }) => type === "send" && goroutine === publish)).toHaveLength(2);
});

test("a deadlock report names a send that waits, which then leaves the queues of its subscriptions", async () => {
  const broadcast = new Broadcast<number>({ name: "prices" });
  const targets: string[] = [];
  const stop = addHooks({
    block: (_waiter, { name }, _isDurable, target) => targets.push(`${name}: ${String(target)}`),
  });
  try {
    const deadlock = bubble(async () => {
      for (const capacity of [0, 1]) broadcast.subscribe({ overflow: "wait", capacity });
      await broadcast.send(1);
    });
    await expect(deadlock).rejects.toThrow("goroutine 1 [broadcast send]:");
    expect(targets).toContain("broadcast send: prices");
  } finally {
    stop();
  }
  expect(String(broadcast)).toBe("Broadcast(prices) to 2 subscriptions");
});

test("wrong arguments get an error that names them", async () => {
  const broadcast = new Broadcast<number>();
  const subscribe = (options: unknown): unknown => broadcast.subscribe(options as SubscribeOptions);
  const fails = (f: () => unknown, message: string): void => expect(f).toThrow(message);
  fails(() => new Broadcast({ replay: -1 }), "Broadcast: replay must be a whole number, from 0 to 4294967295, got -1");
  fails(() => new Broadcast({ name: 1 as never }), "Broadcast: name must be a string, got 1");
  fails(() => subscribe({ name: 1 }), "Broadcast.subscribe: name must be a string, got 1");
  fails(() => subscribe({ capacity: 0 }), "Broadcast.subscribe: capacity must be a whole number, from 1 to 4294967295");
  fails(() => subscribe({ capacity: -1, overflow: "wait" }), "capacity must be a whole number, from 0 to 4294967295");
  fails(
    () => subscribe({ overflow: "error" }),
    'Broadcast.subscribe: overflow must be one of "wait", "drop-newest", "drop-oldest", got "error"',
  );
  fails(() => subscribe({ buffer: 1 }), "Broadcast.subscribe: unknown option buffer; write capacity instead");
  await expect(broadcast.send(1, { timeout: 1 } as never)).rejects.toThrow("Broadcast.send: unknown option timeout");
});
