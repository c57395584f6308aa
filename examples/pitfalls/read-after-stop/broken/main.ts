// Reading after stop: stop waits for the workers, and the workers for a reader, which comes after stop. This works
// while all results fit into the buffer: three do, and the fourth blocks forever.

import { Channel, main, WaitGroup } from "goro";

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

  for (let n = 1; n <= numJobs; n++) {
    await pool.submit(n);
  }
  console.log(`${numJobs} jobs submitted`);
  await pool.stop();

  let sum = 0;
  for await (const r of pool.results) {
    sum += r;
  }
  console.log(`the squares of 1 to ${numJobs} add up to ${sum}`);
}

main(async () => {
  await run(3);
  await run(4);
});

// Try: 10 jobs. The program does not reach stop: where does main wait then?
