// Random priority, mended: the worker first asks for an important job without waiting, and only if there is none does
// it wait for either. As long as high jobs wait in their queue, no low one is taken.

import { Channel, main, receive, type ReceiveChannel, select } from "goro";

const numJobs = 100;

// A worker takes so many jobs, and gives how many of them were high.
async function worker(count: number, high: ReceiveChannel<number>, low: ReceiveChannel<number>): Promise<number> {
  let highs = 0;
  for (let i = 0; i < count; i++) {
    const s = await select({ high: receive(high), default: true });
    switch (s.case) {
      case "high":
        highs++;
        break;
      case "default": {
        // Whichever comes first.
        const s = await select({ high: receive(high), low: receive(low) });
        switch (s.case) {
          case "high":
            highs++;
            break;
          case "low":
            break;
        }
      }
    }
  }
  return highs;
}

main(async () => {
  // Both queues are full before the worker begins.
  const high = new Channel<number>(numJobs);
  const low = new Channel<number>(numJobs);
  for (let job = 1; job <= numJobs; job++) {
    await high.send(job);
    await low.send(job);
  }

  const first = await worker(numJobs, high, low);
  console.log(`the first ${numJobs} jobs: ${first} high, ${numJobs - first} low`);

  const next = await worker(numJobs, high, low);
  console.log(`the next ${numJobs} jobs: ${next} high, ${numJobs - next} low`);
});

// Try: send all the low jobs before the high ones. Is any low one taken earlier?
