import { expect, test } from "@jest/globals";
import { Broadcast, context, type Subscription } from "goro";
import { ignoreLeaks } from "goro/testing";
import { areCollected, heapInUse, isCollected } from "../support/memory.ts";

/** Expects that 100,000 calls of `once` do not grow the heap. */
async function expectFlat(once: () => unknown): Promise<void> {
  for (let i = 0; i < 10_000; i++) await once();
  const before = await heapInUse();
  for (let i = 0; i < 100_000; i++) await once();
  expect((await heapInUse()) - before).toBeLessThan(1_400_000);
}

test("100,000 subscriptions that have ended leave nothing, also with receivers and values", async () => {
  const broadcast = new Broadcast<object>({ replay: 1 });
  await expectFlat(() => {
    using subscription = broadcast.subscribe();
    broadcast.trySend({});
    void subscription.receive();
    void subscription.receive();
    void subscription.receive();
  });
  expect(broadcast.subscriptionCount).toBe(0);
});

test("100,000 canceled sends leave nothing in a subscription and on a context", async () => {
  const [root, end] = context.withCancel(context.background());
  const broadcast = new Broadcast<object>();
  using _ = broadcast.subscribe({ overflow: "wait", capacity: 0 });
  await expectFlat(async () => {
    const [ctx, cancel] = context.withCancel(root);
    const sending = broadcast.send({}, { ctx });
    cancel();
    await sending.catch(() => undefined);
  });
  end();
});

test("100,000 sends that have waited leave nothing on a living context", async () => {
  const [ctx, end] = context.withCancel(context.background());
  const broadcast = new Broadcast<object>();
  using subscription = broadcast.subscribe({ overflow: "wait", capacity: 0 });
  await expectFlat(async () => {
    const sending = broadcast.send({}, { ctx });
    subscription.tryReceive();
    await sending;
  });
  end();
});

test("a Broadcast is collected with its subscriptions and the sends that wait", async () => {
  ignoreLeaks();
  const abandon = (): WeakRef<object>[] => {
    const broadcast = new Broadcast<object>();
    const subscription: Subscription<object> = broadcast.subscribe({ overflow: "wait", capacity: 0 });
    const value = {};
    void broadcast.send(value);
    return [broadcast, subscription, value].map((object) => new WeakRef(object));
  };
  const refs = abandon();
  expect(await areCollected(refs)).toEqual(refs.map(() => true));
});

test("a subscription keeps neither the values of its discarded buffer nor its Broadcast's last values", async () => {
  const broadcast = new Broadcast<object>();
  const subscription = broadcast.subscribe();
  const discard = (): WeakRef<object> => {
    const value = {};
    broadcast.trySend(value);
    subscription.unsubscribe();
    return new WeakRef(value);
  };
  expect(await isCollected(discard())).toBe(true);
  expect(subscription.length + broadcast.subscriptionCount).toBe(0);
});
