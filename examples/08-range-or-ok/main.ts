// Closing the jobs means that no more will come. A worker learns of it in one of two ways, which are equal: by ranging
// over the channel, or by asking for ok with each receive.

import { Channel, main, type ReceiveChannel, type SendChannel, WaitGroup } from "goro";

const numWorkers = 3;

// The loop ends by itself.
async function byRange(jobs: ReceiveChannel<number>, results: SendChannel<number>): Promise<void> {
  for await (const n of jobs) {
    await results.send(n * n);
  }
}

// When ok is false, the channel is closed and empty, and there was no job. This form fits into a select.
async function byOk(jobs: ReceiveChannel<number>, results: SendChannel<number>): Promise<void> {
  for (;;) {
    const { value: n, ok } = await jobs.receive();
    if (!ok) {
      return;
    }
    await results.send(n * n);
  }
}

async function run(worker: typeof byRange, numJobs: number): Promise<number[]> {
  const jobs = new Channel<number>(numJobs);
  const results = new Channel<number>(numJobs);

  // All jobs are in the queue and it is closed before any worker starts: what is queued is done all the same.
  for (let n = 1; n <= numJobs; n++) {
    await jobs.send(n);
  }
  jobs.close();

  const wg = new WaitGroup();
  for (let w = 0; w < numWorkers; w++) {
    wg.go(worker, jobs, results);
  }
  await wg.wait();
  results.close();

  const squares: number[] = [];
  for await (const square of results) {
    squares.push(square);
  }
  squares.sort((a, b) => a - b);
  return squares;
}

main(async () => {
  for (const numJobs of [0, 1, 100]) {
    const ranged = await run(byRange, numJobs);
    const asked = await run(byOk, numJobs);
    const same = ranged.join() === asked.join();
    console.log(`jobs: ${numJobs}, by range: ${ranged.length}, by ok: ${asked.length}, the same results: ${same}`);
  }
});

// Try: leave out the close of the jobs. What do the workers wait for?
