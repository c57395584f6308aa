// Unbounded goroutines, fixed: a pool takes the jobs from a channel, with no more workers than the service can handle.
// The number of jobs now affects only the time that the run takes.

import { Channel, main, time, WaitGroup } from "goro";

const numJobs = 1000;
const numWorkers = 50;

// A service that accepts 100 connections at once and refuses the others. A response takes 50 ms in either case.
class Service {
  #open = 0;
  peak = 0;
  served = 0;
  refused = 0;

  async call(): Promise<void> {
    this.#open++;
    this.peak = Math.max(this.peak, this.#open);
    if (this.#open <= 100) {
      this.served++;
    } else {
      this.refused++;
    }
    await time.sleep(50 * time.millisecond);
    this.#open--;
  }
}

main(async () => {
  const s = new Service();
  const wg = new WaitGroup();
  const jobs = new Channel<number>();
  for (let w = 0; w < numWorkers; w++) {
    wg.go(async () => {
      for await (const _ of jobs) {
        await s.call();
      }
    });
  }
  for (let j = 0; j < numJobs; j++) {
    await jobs.send(j);
  }
  jobs.close();
  await wg.wait();
  console.log(`${numJobs} jobs: ${s.peak} connections at once, ${s.served} served, ${s.refused} refused`);
});

// Try: 100 workers, then 101.
