// Waiting for the workers: the pool returns only after all workers have returned. Receiving all results is not enough,
// because a worker may still have work to do after its last result.

import { Channel, defer, go, main, type ReceiveChannel, type SendChannel, time, WaitGroup } from "goro";

const numWorkers = 3;
const numJobs = 6;

// All goroutines share one thread, so the counter is a plain number.
let live = 0;

async function worker(jobs: ReceiveChannel<number>, results: SendChannel<number>): Promise<void> {
  live++;
  using _ = defer(() => live--);

  for await (const job of jobs) {
    await time.sleep(50 * time.millisecond);
    await results.send(job);
  }

  // For example, write a file and close a connection.
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

// Try: remove the wait from the pool. How many workers are live when it returns, and which lines are missing?
