// Priorities: two queues, the urgent one first. A plain select is not enough: if both cases are ready, it chooses at
// random. So the worker first tries to receive a high job alone, without blocking, and only then waits for either.

import { Channel, main, receive, type ReceiveChannel, select, WaitGroup } from "goro";

// The first select never blocks. The second may block, and runs if no high job was queued. A high job that arrives
// between the two can still lose to one low job.
async function next(high: ReceiveChannel<string>, low: ReceiveChannel<string>): Promise<string | undefined> {
  const s = await select({ high: receive(high), default: true });
  switch (s.case) {
    case "high":
      return s.value;
    case "default":
  }
  return either(high, low);
}

async function either(high: ReceiveChannel<string>, low: ReceiveChannel<string>): Promise<string | undefined> {
  const s = await select({ high: receive(high), low: receive(low) });
  return s.value;
}

// How many of the first 10,000 jobs are high if both queues always contain jobs?
async function countHigh(take: typeof next): Promise<number> {
  const high = new Channel<string>(10_000);
  const low = new Channel<string>(10_000);
  for (let j = 0; j < 10_000; j++) {
    await high.send("high");
    await low.send("low");
  }

  let count = 0;
  for (let j = 0; j < 10_000; j++) {
    if ((await take(high, low)) === "high") {
      count++;
    }
  }
  return count;
}

main(async () => {
  const high = new Channel<string>(10);
  const low = new Channel<string>(10);
  for (let n = 1; n <= 3; n++) {
    await low.send(`low ${n}`);
    await high.send(`high ${n}`);
  }

  // No low job starts while a high one is queued. A high job that is queued late also overtakes the low ones.
  const wg = new WaitGroup();
  wg.go(async () => {
    for (let j = 0; j < 7; j++) {
      const job = await next(high, low);
      console.log(job);
      if (job === "low 1") {
        await high.send("high 4, queued late");
      }
    }
  });
  await wg.wait();

  console.log(`high first: ${await countHigh(next)} of 10000 were high`);
  const count = await countHigh(either);
  console.log(`plain select: between 45 and 55 % were high: ${count >= 4500 && count <= 5500}`);
});

// Try: let the worker call either instead of next, and run the program several times.
