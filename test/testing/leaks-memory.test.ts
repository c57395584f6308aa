import { beforeEach, expect, test } from "@jest/globals";
import { Channel, go, select, receive } from "goro";
import { ignoreLeaks, type Leak, reportLeaks } from "goro/testing";
import { heapInUse } from "../support/memory.ts";

// The watch of the suite keeps a list of all that waits, which would keep it in memory.
beforeEach(ignoreLeaks);

/** Collects garbage until `leaks` has as many as `count`, or it is clear that it never will. */
async function collect(leaks: readonly Leak[], count: number): Promise<void> {
  for (let tries = 0; tries < 20 && leaks.length < count; tries++) await heapInUse();
}

test("whoever waits for a channel that nobody else can reach is reported, with the place", async () => {
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

test("what was served, or is not watched any more, is not reported", async () => {
  const leaks: Leak[] = [];
  const stop = reportLeaks((leak) => leaks.push(leak));
  await (async () => {
    const ch = new Channel<number>();
    go(() => ch.send(1));
    await ch.receive();
  })();
  stop();
  // Whoever still watches hears of it, and so knows that the garbage was collected.
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
  expect(() => reportLeaks("x" as never)).toThrow(new TypeError("reportLeaks: report must be a function, got x"));
});
