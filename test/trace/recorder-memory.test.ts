import { expect, test } from "@jest/globals";
import { Channel, go } from "goro";
import { record } from "goro/trace";
import { heapInUse } from "../support/memory.ts";
import { quiet } from "../support/promises.ts";

test("a recording that has reached its limit takes no more memory, whatever goes on", async () => {
  using recording = record({ limit: 1000, values: true });
  const work = async (times: number): Promise<void> => {
    for (let i = 0; i < times; i++) {
      const ch = new Channel<number>(1);
      go(async () => {
        await ch.receive();
      });
      await ch.send(i);
      if (i % 100 === 0) await quiet();
    }
    await quiet();
  };
  const times = 50_000;
  await work(times / 10);
  const before = await heapInUse();
  await work(times);
  // The least entry of a table has more than 20 bytes.
  expect((await heapInUse()) - before).toBeLessThan(times * 4 + 500_000);
  expect(recording.stop().events).toHaveLength(1000);
});
