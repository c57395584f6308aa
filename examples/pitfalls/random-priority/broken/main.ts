// Random priority: one select over both queues is meant to prefer the important jobs. But select has no preference: if
// both queues have jobs, each is equally likely.

import { Channel, main, receive, type ReceiveChannel, select } from "goro";

const numJobs = 10000;

// worker takes count jobs, and returns how many of them were high.
async function worker(count: number, high: ReceiveChannel<number>, low: ReceiveChannel<number>): Promise<number> {
  let highs = 0;
  for (let i = 0; i < count; i++) {
    // The order of the cases has no effect.
    const s = await select({ high: receive(high), low: receive(low) });
    switch (s.case) {
      case "high":
        highs++;
        break;
      case "low":
        break;
    }
  }
  return highs;
}

main(async () => {
  // Both queues are full before the worker starts.
  const high = new Channel<number>(numJobs);
  const low = new Channel<number>(numJobs);
  for (let job = 1; job <= numJobs; job++) {
    await high.send(job);
    await low.send(job);
  }

  const first = await worker(100, high, low);
  console.log(`the first 100 jobs are all high: ${first === 100}`);

  const share = (first + (await worker(numJobs - 100, high, low))) / numJobs;
  console.log(`of ${numJobs} jobs, between 45 % and 55 % are high: ${share > 0.45 && share < 0.55}`);
});

// Try: receive from high in two cases of the select. What is its share then?
