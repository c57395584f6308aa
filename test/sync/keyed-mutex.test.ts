import { getEventListeners } from "node:events";
import { expect, test } from "@jest/globals";
import { context, KeyedMutex, PanicError, time } from "goro";
import { mutexLock } from "../../src/runtime/wait-reasons.ts";
import { bubble } from "goro/testing";
import { inBubble, listeners } from "../support/contexts.ts";
import { quiet, stateOf } from "../support/promises.ts";

const { background, withCancel } = context;

test("a key is locked by one goroutine at a time, and another key is not affected", () =>
  inBubble(async () => {
    const mu = new KeyedMutex<string>();
    const log: string[] = [];
    const work = (key: string, name: string): Promise<void> =>
      mu.withLock(key, async () => {
        log.push(`${name} begins`);
        await time.sleep(10);
        log.push(`${name} ends`);
      });
    await Promise.all([work("a", "a1"), work("a", "a2"), work("b", "b1")]);
    expect([...log].sort()).toEqual(["a1 begins", "a1 ends", "a2 begins", "a2 ends", "b1 begins", "b1 ends"]);
    expect(log.indexOf("a1 ends")).toBeLessThan(log.indexOf("a2 begins"));
    expect(log.indexOf("b1 begins")).toBeLessThan(log.indexOf("a1 ends"));
    expect(mu.size).toBe(0);
  }));

test("waiters of a key get it in the order of their calls", async () => {
  const mu = new KeyedMutex<number>();
  const order: number[] = [];
  const guard = await mu.lock(1);
  const waits = [1, 2, 3].map((n) => mu.withLock(1, () => order.push(n)));
  expect([mu.size, mutexLock.waiting]).toEqual([1, 3]);
  guard[Symbol.dispose]();
  expect(mu.size).toBe(1);
  await Promise.all(waits);
  await quiet();
  expect([order, mu.size]).toEqual([[1, 2, 3], 0]);
});

test("keys are compared as in a Map", async () => {
  const mu = new KeyedMutex<unknown>();
  const object = {};
  expect([NaN, 0, "0", object, {}, undefined, null].map((key) => mu.tryLock(key))).not.toContain(false);
  expect([NaN, -0, "0", object, undefined, null].map((key) => mu.tryLock(key))).not.toContain(true);
  expect([mu.size, String(mu)]).toEqual([7, "KeyedMutex 7 keys locked"]);
  for (const key of [NaN, -0, "0", object, undefined, null]) mu.unlock(key);
  expect([mu.size, String(mu)]).toEqual([1, "KeyedMutex 1 key locked"]);
});

test("nothing stays for a key that is free, however its last hold or wait ended", async () => {
  const mu = new KeyedMutex<string>();
  const [ctx, cancel] = withCancel(background());
  const { signal } = new AbortController();
  (await mu.lock("guard"))[Symbol.dispose]();
  expect(mu.tryLock("try")).toBe(true);
  mu.unlock("try");
  await expect(mu.withLock("fails", () => Promise.reject(new Error("fails")))).rejects.toThrow("fails");
  await expect(mu.lock("options", 1 as never)).rejects.toThrow("KeyedMutex.lock: options must be an object, got 1");
  await expect(mu.withLock("function", 1 as never)).rejects.toThrow(
    "KeyedMutex.withLock: fn must be a function, got 1",
  );
  const held = await mu.lock("canceled", { signal });
  const waiting = mu.lock("canceled", { ctx });
  expect([mu.size, listeners(ctx)]).toEqual([1, 1]);
  cancel();
  await expect(waiting).rejects.toBe(ctx.err());
  await expect(mu.lock("canceled before", { ctx })).rejects.toBe(ctx.err());
  expect([mu.size, listeners(ctx), mutexLock.waiting]).toEqual([1, 0, 0]);
  held[Symbol.dispose]();
  expect([mu.size, getEventListeners(signal, "abort").length <= 1]).toEqual([0, true]);
});

test("when a key becomes free and the wait for it is canceled, it is granted or canceled, in both orders", async () => {
  for (const isCanceledFirst of [true, false]) {
    const mu = new KeyedMutex<string>();
    const [ctx, cancel] = withCancel(background());
    expect(mu.tryLock("a")).toBe(true);
    const waiting = mu.lock("a", { ctx });
    if (isCanceledFirst) cancel();
    mu.unlock("a");
    cancel();
    expect(await stateOf(waiting)).toBe(isCanceledFirst ? "rejected" : "fulfilled");
    expect(mu.size).toBe(isCanceledFirst ? 0 : 1);
    if (!isCanceledFirst) (await waiting)[Symbol.dispose]();
    expect(mu.size).toBe(0);
  }
});

test("a guard of an earlier hold does not unlock a later one", async () => {
  const mu = new KeyedMutex<string>();
  const early = await mu.lock("a");
  mu.unlock("a");
  const late = await mu.lock("a");
  early[Symbol.dispose]();
  expect(mu.tryLock("a")).toBe(false);
  late[Symbol.dispose]();
  late[Symbol.dispose]();
  expect([mu.size, mu.tryLock("a")]).toEqual([0, true]);
});

test("unlocking a key that is not locked panics", () => {
  const mu = new KeyedMutex<string>();
  expect(() => mu.unlock("a")).toThrow(new PanicError("sync: unlock of unlocked mutex"));
  expect(mu.size).toBe(0);
});

test("a lock whose time is over leaves the key to its holder, and nothing behind it", () =>
  bubble(async () => {
    const mu = new KeyedMutex<string>();
    const guard = await mu.lock("a");
    await expect(mu.lock("a", { timeout: 100 })).rejects.toThrow("the lock was not free within 100 ms");
    await expect(mu.lock("a", { timeout: 0 })).rejects.toThrow("the lock was not free within 0 ms");
    expect(mu.size).toBe(1);
    guard[Symbol.dispose]();
    expect(mu.size).toBe(0);
    (await mu.lock("a", { timeout: 0 }))[Symbol.dispose]();
    expect(mu.size).toBe(0);
  }));
