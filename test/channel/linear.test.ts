// Operations on many items take linear time: the same work takes as long in few large pieces as in many small ones.

import { expect, test } from "@jest/globals";
import { Channel, receive, type ReceiveCase, select, send, type SendCase } from "goro";
import { quiet } from "../support/promises.ts";

const total = 40_000;

/** Returns the smallest ratio of the time of `work` in pieces of `total` to its time in pieces of `total` / 100. */
async function growth(work: (size: number) => Promise<unknown>): Promise<number> {
  const time = async (size: number): Promise<number> => {
    await quiet();
    const start = performance.now();
    for (let i = 0; i < total; i += size) await work(size);
    return performance.now() - start;
  };
  let small = Infinity;
  let large = Infinity;
  for (let round = 0; round < 3; round++) {
    small = Math.min(small, await time(total / 100));
    large = Math.min(large, await time(total));
  }
  return large / small;
}

// A search through a piece would make the large pieces 100 times as slow.
const limit = 15;

test.each<[string, (ch: Channel<number>) => ReceiveCase<number> | SendCase, (ch: Channel<number>) => unknown]>([
  ["receive", (ch) => receive(ch), (ch) => ch.trySend(1)],
  ["send", (ch) => send(ch, 1), (ch) => ch.tryReceive()],
])("a select that waits with many cases on one channel: %s", async (_, make, meet) => {
  const ratio = await growth(async (size) => {
    const ch = new Channel<number>();
    const s = select(Array.from({ length: size }, () => make(ch)));
    meet(ch);
    await s;
  });
  expect(ratio).toBeLessThan(limit);
});

test("many steps of one loop that wait, and are served", async () => {
  const ratio = await growth(async (size) => {
    const ch = new Channel<number>();
    const loop = ch[Symbol.asyncIterator]();
    const steps = Array.from({ length: size }, () => loop.next());
    for (let i = 0; i < size; i++) ch.trySend(i);
    expect((await Promise.all(steps)).every(({ value }, i) => value === i)).toBe(true);
  });
  expect(ratio).toBeLessThan(limit);
});

test("many steps of one loop that wait when the loop exits", async () => {
  const ratio = await growth(async (size) => {
    const ch = new Channel<number>();
    const loop = ch[Symbol.asyncIterator]();
    const steps = Array.from({ length: size }, () => loop.next());
    await loop.return?.();
    expect((await Promise.all(steps)).every(({ done }) => done)).toBe(true);
  });
  expect(ratio).toBeLessThan(limit);
});
