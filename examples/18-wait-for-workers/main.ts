// Waiting for the workers: the pool returns only when all of them have ended. That all results are there is not enough,
// because a worker may have something left to do after its last result.

import { Channel, defer, go, main, type ReceiveChannel, type SendChannel, time, WaitGroup } from "goro";

const numWorkers = 3;
const numJobs = 6;

// Goroutines share one thread, so a plain number will do.
let live = 0;

async function worker(jobs: ReceiveChannel<number>, results: SendChannel<number>): Promise<void> {
  live++;
  using _ = defer(() => live--);

  for await (const job of jobs) {
    await time.sleep(50 * time.millisecond);
    await results.send(job);
  }

  // Say, a file to write and a connection to close.
  await time.sleep(50 * time.millisecond);
  console.log("a worker has cleaned up");
}

async function pool(jobs: ReceiveChannel<number>, results: SendChannel<number>): Promise<void> {
  const wg = new WaitGroup();
  for (let w = 0; w < numWorkers; w++) {
    wg.go(worker, jobs, results);
  }
  await wg.wait();
}

main(async () => {
  const jobs = new Channel<number>(numJobs);
  const results = new Channel<number>();
  for (let job = 1; job <= numJobs; job++) {
    await jobs.send(job);
  }
  jobs.close();

  const returned = new Channel<never>();
  go(async () => {
    await pool(jobs, results);
    returned.close();
  });

  for (let i = 1; i <= numJobs; i++) {
    await results.receive();
  }
  console.log(`all ${numJobs} results are here, live workers: ${live}`);

  await returned.receive();
  console.log(`the pool has returned, live workers: ${live}`);
});

// Try: take the wait out of the pool. What is still live when it has returned, and which lines are missing?
