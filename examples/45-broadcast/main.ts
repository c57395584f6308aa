// Broadcast: a value that is sent on a channel goes to one receiver, but a close goes to all. For values, every subscriber
// has a channel of its own.

import { Broadcast, Channel, LossyChannel, main, WaitGroup } from "goro";

const runners = 3;
const readers = 2;

// Every runner waits for the same channel. Closing it releases all of them at once.
async function race(): Promise<void> {
  const start = new Channel<void>();
  const ready = new Channel<number>();
  const wg = new WaitGroup();
  let released = 0;
  for (let id = 1; id <= runners; id++) {
    wg.go(async () => {
      await ready.send(id);
      await start.receive();
      released++;
    });
  }
  for (let r = 0; r < runners; r++) {
    await ready.receive();
  }
  console.log(`${runners} ready, ${released} released`);
  start.close();
  await wg.wait();
  console.log(`closed: ${released} released`);
}

// A fan-out: each reader has a subscription, and each value is sent to all of them. The send waits for the slowest reader.
async function fanOut(): Promise<void> {
  const readings = new Broadcast<number>();
  const sums = new Array<number>(readers).fill(0);
  const wg = new WaitGroup();
  for (let r = 0; r < readers; r++) {
    const subscription = readings.subscribe({ capacity: 1, overflow: "wait" });
    wg.go(async () => {
      for await (const reading of subscription) {
        sums[r] = (sums[r] ?? 0) + reading;
      }
    });
  }
  for (const reading of [20, 21, 23]) {
    await readings.send(reading);
  }
  readings.close();
  await wg.wait();
  for (const [r, sum] of sums.entries()) {
    console.log(`reader ${r + 1}: ${sum}`);
  }
}

// A reader that needs only the latest value has a buffer of one, and the channel replaces an old value in it.
async function latest(): Promise<void> {
  const last = new LossyChannel<number>(1, { overflow: "drop-oldest" });
  for (const reading of [20, 21, 23]) {
    await last.send(reading);
  }
  console.log(`latest: ${(await last.receive()).value}`);
}

main(async () => {
  await race();
  await fanOut();
  await latest();
});

// Try: send one value on start instead of the close. How many runners does it release?
