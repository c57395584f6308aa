// Batching: values from a channel are collected until a batch is full, or until 50 ms have passed since its first value.
// A slow trickle is stored in time, and a burst is stored in few calls. With goro/pipeline, the collector is
// batch(events, { size: 3, interval: 50 }).

import { Channel, go, main, receive, type ReceiveChannel, select, type SendChannel, time } from "goro";

const size = 3;
const interval = 50 * time.millisecond;

// collect sends the values from in as batches, and closes out after the last one.
async function collect(input: ReceiveChannel<number>, out: SendChannel<number[]>): Promise<void> {
  let batch: number[] = [];
  // A null channel is never ready: no time is limited while the batch is empty.
  let timeout: ReceiveChannel<number> | null = null;
  async function flush(): Promise<void> {
    if (batch.length > 0) {
      await out.send(batch);
    }
    batch = [];
    timeout = null;
  }
  for (;;) {
    const s = await select({ value: receive(input), timeout: receive(timeout) });
    switch (s.case) {
      case "value":
        if (!s.ok) {
          await flush();
          out.close();
          return;
        }
        batch.push(s.value);
        if (batch.length === 1) {
          timeout = time.after(interval);
        }
        if (batch.length === size) {
          await flush();
        }
        break;
      case "timeout":
        await flush();
        break;
    }
  }
}

// produce sends a burst of seven values, then two values 20 ms apart, and a last one after a pause.
async function produce(events: SendChannel<number>): Promise<void> {
  for (let v = 1; v <= 7; v++) {
    await events.send(v);
  }
  await time.sleep(100 * time.millisecond);
  await events.send(8);
  await time.sleep(20 * time.millisecond);
  await events.send(9);
  await time.sleep(100 * time.millisecond);
  await events.send(10);
  events.close();
}

main(async () => {
  const events = new Channel<number>();
  const batches = new Channel<number[]>();
  go(produce, events);
  go(collect, events, batches);
  for await (const batch of batches) {
    console.log(`stored [${batch.join(" ")}]`);
  }
});

// Try: an interval of 10 ms. Which batches change?
