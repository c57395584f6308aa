// Unbounded goroutines: with one goroutine per job, all jobs run at once. A goroutine is cheap, but the resources that
// it uses are limited.

import { main, time, WaitGroup } from "goro";

const numJobs = 1000;

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
  for (let j = 0; j < numJobs; j++) {
    wg.go(async () => s.call());
  }
  await wg.wait();
  console.log(`${numJobs} jobs: ${s.peak} connections at once, ${s.served} served, ${s.refused} refused`);
});

// Try: 100 jobs, then 101.
