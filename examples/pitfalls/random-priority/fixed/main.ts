// Random priority, fixed: the worker first tries to receive an important job without blocking, and waits for either
// queue only if that fails. While high jobs are queued, no low job is taken.

import { Channel, main, receive, type ReceiveChannel, select } from "goro";

const numJobs = 100;

// worker takes count jobs, and returns how many of them were high.
async function worker(count: number, high: ReceiveChannel<number>, low: ReceiveChannel<number>): Promise<number> {
  let highs = 0;
  for (let i = 0; i < count; i++) {
    const s = await select({ high: receive(high), default: true });
    switch (s.case) {
      case "high":
        highs++;
        break;
      case "default": {
        // This select takes the job that comes first.
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
  // Both queues are full before the worker starts.
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

// Try: send all low jobs before the high ones. Is any low job taken earlier?
