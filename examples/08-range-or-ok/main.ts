// Closing the jobs channel means that no more jobs follow. A worker can detect the close in two equivalent ways: by
// ranging over the channel, or by checking ok after each receive.

import { Channel, main, type ReceiveChannel, type SendChannel, WaitGroup } from "goro";

const numWorkers = 3;

// The loop ends when the channel is closed and empty.
async function byRange(jobs: ReceiveChannel<number>, results: SendChannel<number>): Promise<void> {
  for await (const n of jobs) {
    await results.send(n * n);
  }
}

// If ok is false, the channel is closed and empty, and no job was received. This form also works in a select.
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

  // All jobs are queued, and the channel is closed, before the first worker starts. The workers still receive the
  // queued jobs.
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
    const checked = await run(byOk, numJobs);
    const same = ranged.join() === checked.join();
    console.log(`jobs: ${numJobs}, by range: ${ranged.length}, by ok: ${checked.length}, the same results: ${same}`);
  }
});

// Try: remove the close of the jobs channel. What do the workers wait for?
