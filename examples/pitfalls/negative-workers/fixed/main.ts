// A negative number of workers, fixed: the number is checked before it is used, and the error mentions workers. The
// caller can handle the error.

import { Channel, go, main, WaitGroup } from "goro";

class WorkerPool {
  readonly numWorkers: number;
  readonly jobs: Channel<number>;
  readonly results: Channel<number>;

  constructor(numWorkers: number) {
    if (numWorkers < 1) {
      throw new RangeError(`at least 1 worker is needed, not ${numWorkers}`);
    }
    this.numWorkers = numWorkers;
    this.jobs = new Channel(numWorkers);
    this.results = new Channel(numWorkers);
  }

  // run returns the sum of the squares of 1 to numJobs.
  async run(numJobs: number): Promise<number> {
    const wg = new WaitGroup();
    for (let w = 0; w < this.numWorkers; w++) {
      wg.go(async () => {
        for await (const n of this.jobs) {
          await this.results.send(n * n);
        }
      });
    }
    go(async () => {
      for (let n = 1; n <= numJobs; n++) {
        await this.jobs.send(n);
      }
      this.jobs.close();
      await wg.wait();
      this.results.close();
    });

    let sum = 0;
    for await (const r of this.results) {
      sum += r;
    }
    return sum;
  }
}

main(async () => {
  // Three processors stay free on every machine.
  const reserved = 3;
  for (const processors of [4, 2]) {
    console.log(`${processors} processors`);
    let pool: WorkerPool;
    try {
      pool = new WorkerPool(processors - reserved);
    } catch (err) {
      console.log(`error: ${(err as Error).message}`);
      continue;
    }
    console.log(`the sum is ${await pool.run(5)}`);
  }
});

// Try: continue with one worker instead of an error. How would the user detect that the machine is too small?
