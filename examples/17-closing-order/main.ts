// The order of closing: first the jobs, then a wait for the workers, then the results. Whoever closes a channel must know
// that nobody will send to it again.

import { Channel, go, main, type ReceiveChannel, type SendChannel, time, WaitGroup } from "goro";

const numWorkers = 3;

interface Job {
  id: number;
  units: number; // how long it takes, in units of 30 ms
}

async function worker(jobs: ReceiveChannel<Job>, results: SendChannel<number>): Promise<void> {
  for await (const j of jobs) {
    await time.sleep(j.units * 30 * time.millisecond);
    console.log(`job ${j.id} is done`);
    await results.send(j.id);
  }
  console.log("a worker ends");
}

main(async () => {
  const durations = [3, 1, 5, 1, 2, 3];
  const jobs = new Channel<Job>(durations.length);
  const results = new Channel<number>();

  const wg = new WaitGroup();
  for (let w = 0; w < numWorkers; w++) {
    wg.go(worker, jobs, results);
  }

  // We are the only one who sends jobs, so we may close the channel after the last. The workers still get what is queued.
  for (const [i, units] of durations.entries()) {
    await jobs.send({ id: i + 1, units });
  }
  console.log("1. close the jobs");
  jobs.close();

  // The workers send the results, so the last of them must have ended first. We cannot wait for that ourselves: the workers
  // wait for us to read.
  go(async () => {
    await wg.wait();
    console.log("2. all workers have ended");
    console.log("3. close the results");
    results.close();
  });

  let count = 0;
  for await (const _ of results) {
    count++;
  }
  console.log(`4. the reader has ${count} results`);
});

// Try: close the results before the wait. How many results does the reader have then, and why does no send panic?
