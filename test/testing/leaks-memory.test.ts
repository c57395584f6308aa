import { beforeEach, expect, test } from "@jest/globals";
import { Channel, go, select, receive } from "goro";
import { ignoreLeaks, type Leak, reportLeaks } from "goro/testing";
import { heapInUse } from "../support/memory.ts";

// The leak check of the suite keeps a list of all waiters, which would retain them.
beforeEach(ignoreLeaks);

/** Collects garbage until `leaks` has `count` entries, 20 times at most. */
async function collect(leaks: readonly Leak[], count: number): Promise<void> {
  for (let tries = 0; tries < 20 && leaks.length < count; tries++) await heapInUse();
}

test("a goroutine that waits for an unreachable channel is reported, with its position", async () => {
  const leaks: Leak[] = [];
  const stop = reportLeaks((leak) => leaks.push(leak));
  (() => {
    const lost = new Channel<number>();
    go(async function forgotten() {
      await lost.receive();
    });
    go(async function alsoForgotten() {
      await select([receive(new Channel()), receive(new Channel())]);
    });
  })();
  const kept = new Channel<number>();
  go(async function remembered() {
    await kept.receive();
  });
  await collect(leaks, 2);
  stop();
  expect(leaks.map(({ operation, name }) => `${operation} ${name}`).sort()).toEqual([
    "chan receive forgotten",
    "select alsoForgotten",
  ]);
  for (const { at, goroutine } of leaks) {
    expect(at[0]).toMatch(/leaks-memory\.test\.ts/);
    expect(goroutine).toBeGreaterThan(1);
  }
  kept.close();
});

test("a waiter that was served, or whose leak check has stopped, is not reported", async () => {
  const leaks: Leak[] = [];
  const stop = reportLeaks((leak) => leaks.push(leak));
  await (async () => {
    const ch = new Channel<number>();
    go(() => ch.send(1));
    await ch.receive();
  })();
  stop();
  // A second leak check reports its waiter, which proves that the garbage was collected.
  const others: Leak[] = [];
  const stopOther = reportLeaks((leak) => others.push(leak));
  (() => {
    go(() => new Channel<number>().receive());
  })();
  await collect(others, 1);
  stopOther();
  expect(others).toHaveLength(1);
  expect(leaks).toEqual([]);
});

test("a listener must be a function", () => {
  expect(() => reportLeaks("x" as never)).toThrow(new TypeError('reportLeaks: report must be a function, got "x"'));
});
