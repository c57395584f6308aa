// Sending everything before reading anything, fixed: a separate goroutine sends the jobs, while main reads. The buffers
// now affect only how long a send waits, and not whether the program ends.

import { Channel, go, main, type ReceiveChannel, type SendChannel, WaitGroup } from "goro";

async function worker(jobs: ReceiveChannel<number>, results: SendChannel<number>): Promise<void> {
  for await (const n of jobs) {
    await results.send(n * n);
  }
}

async function run(numJobs: number): Promise<void> {
  const numWorkers = 3;
  const jobs = new Channel<number>(numWorkers);
  const results = new Channel<number>(numWorkers);

  const wg = new WaitGroup();
  for (let w = 0; w < numWorkers; w++) {
    wg.go(worker, jobs, results);
  }

  // When everything is full the sender blocks, but only until the next result is read.
  console.log(`sending ${numJobs} jobs`);
  go(async () => {
    for (let n = 1; n <= numJobs; n++) {
      await jobs.send(n);
    }
    jobs.close();
  });

  go(async () => {
    await wg.wait();
    results.close();
  });

  let sum = 0;
  for await (const r of results) {
    sum += r;
  }
  console.log(`the squares of 1 to ${numJobs} add up to ${sum}`);
}

main(async () => {
  await run(9);
  await run(10);
  await run(1000);
});

// Try: remove the buffers. Does the output change?
