// The pool under test: its workers double numbers.

import { Channel, go, type ReceiveChannel, type SendChannel, time, WaitGroup } from "goro";

export async function worker(jobs: ReceiveChannel<number>, results: SendChannel<number>): Promise<void> {
  for await (const j of jobs) {
    // Within a group of ten, later jobs take less time.
    await time.sleep((10 - (j % 10)) * time.millisecond);
    await results.send(j * 2);
  }
}

// run returns the results of the jobs 1 to numJobs, in the order in which they arrive.
export async function run(numWorkers: number, numJobs: number): Promise<number[]> {
  const jobs = new Channel<number>(10);
  const results = new Channel<number>(10);

  const wg = new WaitGroup();
  for (let w = 0; w < numWorkers; w++) {
    wg.go(worker, jobs, results);
  }

  // The jobs are sent while the results are read, so that buffers of any size are enough.
  go(async () => {
    for (let j = 1; j <= numJobs; j++) {
      await jobs.send(j);
    }
    jobs.close();
    await wg.wait();
    results.close();
  });

  const collected: number[] = [];
  for await (const r of results) {
    collected.push(r);
  }
  return collected;
}
