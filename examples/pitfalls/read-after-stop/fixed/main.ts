// Reading after stop, fixed: a separate goroutine submits the jobs and stops the pool, while main reads. Stop can wait
// now, because the results have a reader.

import { Channel, go, main, WaitGroup } from "goro";

class WorkerPool {
  readonly numWorkers: number;
  readonly jobs: Channel<number>;
  readonly results: Channel<number>;
  readonly wg = new WaitGroup();

  constructor(numWorkers: number) {
    this.numWorkers = numWorkers;
    this.jobs = new Channel(numWorkers);
    this.results = new Channel(numWorkers);
  }

  start(): void {
    for (let w = 0; w < this.numWorkers; w++) {
      this.wg.go(async () => {
        for await (const n of this.jobs) {
          await this.results.send(n * n);
        }
      });
    }
  }

  async submit(n: number): Promise<void> {
    await this.jobs.send(n);
  }

  async stop(): Promise<void> {
    this.jobs.close();
    await this.wg.wait();
    this.results.close();
  }
}

async function run(numJobs: number): Promise<void> {
  const pool = new WorkerPool(3);
  pool.start();

  go(async () => {
    for (let n = 1; n <= numJobs; n++) {
      await pool.submit(n);
    }
    console.log(`${numJobs} jobs submitted`);
    await pool.stop();
  });

  let sum = 0;
  for await (const r of pool.results) {
    sum += r;
  }
  console.log(`the squares of 1 to ${numJobs} add up to ${sum}`);
}

main(async () => {
  await run(3);
  await run(4);
  await run(1000);
});

// Try: stop the pool twice. What does stop need, so that it may be called repeatedly?
