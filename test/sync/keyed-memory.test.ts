// The memory that keyed locks and limits keep reachable. (Code coverage would keep all of it reachable.)

import { expect, test } from "@jest/globals";
import { createLimit, KeyedMutex } from "goro";
import { isCollected } from "../support/memory.ts";

// Separate functions, so that no other scope refers to the keys.
async function lockAndUnlock(mu: KeyedMutex<object>): Promise<WeakRef<object>> {
  const key = {};
  await Promise.all([mu.withLock(key, () => 1), mu.withLock(key, () => 2)]);
  return new WeakRef(key);
}

async function runTasks(perKey: (key: object, task: () => unknown) => Promise<unknown>): Promise<WeakRef<object>> {
  const key = {};
  await Promise.all([perKey(key, () => 1), perKey(key, () => 2)]);
  return new WeakRef(key);
}

test("a keyed mutex does not keep a key that is free", async () => {
  const mu = new KeyedMutex<object>();
  const ref = await lockAndUnlock(mu);
  expect([await isCollected(ref), mu.size]).toEqual([true, 0]);
});

test("a keyed limit does not keep a key without tasks, and a limit does not keep such a group", async () => {
  const limit = createLimit(1);
  const perKey = limit.keyed<object>(1);
  const ref = await runTasks(perKey);
  expect([await isCollected(ref), perKey.keys]).toEqual([true, 0]);
  const group = await groupThatRan(limit);
  expect(await isCollected(group)).toBe(true);
  expect(limit.running).toBe(0);
});

async function groupThatRan(limit: ReturnType<typeof createLimit>): Promise<WeakRef<object>> {
  const group = limit.group(1);
  await Promise.all([group(() => 1), group(() => 2)]);
  return new WeakRef(group);
}
