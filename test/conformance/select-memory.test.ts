// Go's own tests of what selects leave in memory.

import { expect, test } from "@jest/globals";
import { Channel, Cond, go, Mutex, receive, select, WaitGroup } from "goro";
import { heapInUse } from "../support/memory.ts";
import { quiet } from "../support/promises.ts";

// R56
test("chan/select2.go: 100,000 selects leave nothing behind on the channel that never was ready", async () => {
  const n = 100_000;
  const c = new Channel<number>();
  const dummy = new Channel<number>();
  const sendAndReceive = async (): Promise<void> => {
    const wg = new WaitGroup();
    wg.go(async () => {
      for (let i = 0; i < n; i++) await c.send(1);
    });
    for (let i = 0; i < n; i++) {
      const s = await select({ c: receive(c), dummy: receive(dummy) });
      if (s.case === "dummy") throw new Error("dummy");
    }
    await wg.wait();
  };
  await sendAndReceive();
  const before = await heapInUse();
  await sendAndReceive();
  // The least that could be kept, a waiter, has more than 100 bytes.
  expect((await heapInUse()) - before).toBeLessThan(n * 20);
});

/** Starts ten selects on a channel of their own, three times each, and then ends them. */
async function selectAndClose(): Promise<WeakRef<object>> {
  const c = new Channel<number>();
  for (let i = 0; i < 10; i++) go(() => select([receive(c), receive(c), receive(c)]));
  await quiet();
  c.close();
  await quiet();
  return new WeakRef(c);
}

/** A condition for which a goroutine waits. */
async function awaited(): Promise<Cond> {
  const cond = new Cond(new Mutex());
  go(async () => {
    await cond.l.lock();
    await cond.wait();
    cond.l.unlock();
  });
  await quiet();
  return cond;
}

// R35, R56
test("fixedbugs/issue9110.go: a channel on which selects have waited is not kept by who waits elsewhere", async () => {
  const refs: WeakRef<object>[] = [];
  let last: Cond | undefined;
  for (let i = 0; i < 20; i++) {
    refs.push(await selectAndClose());
    last?.broadcast();
    const cond = await awaited();
    last = await awaited();
    cond.broadcast();
    await quiet();
  }
  await heapInUse();
  expect(refs.filter((ref) => ref.deref() !== undefined)).toHaveLength(0);
  last?.broadcast();
});
