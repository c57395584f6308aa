// Counting the results, fixed: the results channel is closed when all workers have returned, and main reads until then.
// The number of results need not be known.

import { Channel, go, main, type ReceiveChannel, type SendChannel, WaitGroup } from "goro";

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
      // A failed job sends no result, and the end does not depend on it.
      continue;
    }
    await results.send(result);
  }
}

main(async () => {
  const jobs = new Channel<number>(numJobs);
  const results = new Channel<number>(numJobs);
  const wg = new WaitGroup();
  for (let w = 0; w < numWorkers; w++) {
    wg.go(worker, jobs, results);
  }

  for (let n = 1; n <= numJobs; n++) {
    await jobs.send(n);
  }
  jobs.close();

  go(async () => {
    await wg.wait();
    results.close();
  });

  let i = 0;
  for await (const _ of results) {
    i++;
    console.log(`result ${i} received`);
  }
  console.log("all jobs processed");
});

// Try: let all jobs fail. Does the program still end?
