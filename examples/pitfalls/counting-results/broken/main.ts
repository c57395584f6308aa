// Counting the results: ten jobs are sent and ten results expected, but a failed job sends none. Nine results arrive,
// and main waits for the tenth forever.

import { Channel, go, main, type ReceiveChannel, type SendChannel } from "goro";

const numWorkers = 3;
const numJobs = 10;

function process(n: number): number {
  if (n === 7) {
    throw new Error("seven is refused");
  }
  return n * 2;
}

async function worker(jobs: ReceiveChannel<number>, results: SendChannel<number>): Promise<void> {
  for await (const n of jobs) {
    let result: number;
    try {
      result = process(n);
    } catch {
      // A failed job sends no result, so the count is wrong.
      continue;
    }
    await results.send(result);
  }
}

main(async () => {
  const jobs = new Channel<number>(numJobs);
  const results = new Channel<number>(numJobs);
  for (let w = 0; w < numWorkers; w++) {
    go(worker, jobs, results);
  }

  for (let n = 1; n <= numJobs; n++) {
    await jobs.send(n);
  }
  jobs.close();

  // The count alone determines the end.
  for (let i = 1; i <= numJobs; i++) {
    await results.receive();
    console.log(`result ${i} received`);
  }
  console.log("all jobs processed");
});

// Try: let every failed job send a result too, 0 for example. What can the reader no longer see in the results?
