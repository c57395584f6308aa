// Go's own tests of the memory that selects retain.

import { expect, test } from "@jest/globals";
import { Channel, Cond, go, Mutex, receive, select, WaitGroup } from "goro";
import { heapInUse } from "../support/memory.ts";
import { quiet } from "../support/promises.ts";

// R56
test("chan/select2.go: 100,000 selects retain nothing on the channel that was never ready", async () => {
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
  // A retained waiter, the smallest possible leak, takes more than 100 bytes.
  expect((await heapInUse()) - before).toBeLessThan(n * 20);
});

/** Starts ten selects that each list a new channel three times, and then closes the channel. */
async function selectAndClose(): Promise<WeakRef<object>> {
  const c = new Channel<number>();
  for (let i = 0; i < 10; i++) go(() => select([receive(c), receive(c), receive(c)]));
  await quiet();
  c.close();
  await quiet();
  return new WeakRef(c);
}

/** A condition for which a goroutine waits. */
async function waitingCond(): Promise<Cond> {
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
test("fixedbugs/issue9110.go: later waiters do not retain a channel on which selects waited", async () => {
  const refs: WeakRef<object>[] = [];
  let last: Cond | undefined;
  for (let i = 0; i < 20; i++) {
    refs.push(await selectAndClose());
    last?.broadcast();
    const cond = await waitingCond();
    last = await waitingCond();
    cond.broadcast();
    await quiet();
  }
  await heapInUse();
  expect(refs.filter((ref) => ref.deref() !== undefined)).toHaveLength(0);
  last?.broadcast();
});
