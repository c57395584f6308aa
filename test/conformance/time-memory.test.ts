// Go's own test of timers and garbage, src/time/tick_test.go.

import { expect, test } from "@jest/globals";
import { Channel, receive, select, time } from "goro";
import { heapInUse } from "../support/memory.ts";

const { hour } = time;

/** Waits for `c` in a select that chooses another case. */
async function abandon(c: time.Timer["c"]): Promise<void> {
  const other = new Channel<string>();
  const selected = select({ c: receive(c), other: receive(other) });
  other.trySend("won");
  expect((await selected).case).toBe("other");
}

// R143, R35
test.each<[string, () => object | Promise<object>]>([
  ["After", () => time.after(hour)],
  ["Tick", () => time.tick(hour) as object],
  ["NewTimer", () => new time.Timer(hour)],
  ["NewTicker", () => new time.Ticker(hour)],
  [
    "NewTimerStop",
    () => {
      const timer = new time.Timer(hour);
      timer.stop();
      return timer;
    },
  ],
  [
    "NewTickerStop",
    () => {
      const ticker = new time.Ticker(hour);
      ticker.stop();
      return ticker;
    },
  ],
  [
    "a timer that a select has waited for",
    async () => {
      const timer = new time.Timer(hour);
      await abandon(timer.c);
      return timer;
    },
  ],
  [
    "a ticker that a select has waited for",
    async () => {
      const ticker = new time.Ticker(hour);
      await abandon(ticker.c);
      return ticker;
    },
  ],
])("TestTimerGC: %s is collected when unreachable, although its hour has not passed", async (_, make) => {
  const refs = await (async () => {
    const list: WeakRef<object>[] = [];
    for (let i = 0; i < 100; i++) list.push(new WeakRef(await make()));
    return list;
  })();
  await heapInUse();
  expect(refs.filter((ref) => ref.deref() !== undefined).length).toBe(0);
});
