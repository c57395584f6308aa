// Starting twice, fixed: the workers are started once, and every later start does nothing. The pool has 3 workers.

import { Channel, main, numGoroutine, time, WaitGroup } from "goro";

class Pool {
  readonly numWorkers: number;
  readonly jobs = new Channel<number>();
  #started = false;
  readonly #wg = new WaitGroup();

  #running = 0;
  peak = 0;

  constructor(numWorkers: number) {
    this.numWorkers = numWorkers;
  }

  start(): void {
    if (this.#started) {
      return;
    }
    this.#started = true;
    for (let w = 0; w < this.numWorkers; w++) {
      this.#wg.go(async () => {
        for await (const _ of this.jobs) {
          await this.#process();
        }
      });
    }
  }

  // A job takes 50 ms, and counts the jobs that run at the same time.
  async #process(): Promise<void> {
    this.#running++;
    this.peak = Math.max(this.peak, this.#running);
    await time.sleep(50 * time.millisecond);
    this.#running--;
  }

  async stop(): Promise<void> {
    this.jobs.close();
    await this.#wg.wait();
  }
}

main(async () => {
  const p = new Pool(3);

  // Two parts of the program need the pool, and each of them starts it.
  p.start();
  p.start();
  console.log(`${numGoroutine() - 1} goroutines besides main`);

  for (let j = 1; j <= 12; j++) {
    await p.jobs.send(j);
  }
  await p.stop();
  console.log(`${p.numWorkers} workers, and ${p.peak} jobs at once`);
});

// Try: start the workers in the constructor, and remove start. Which mistakes become impossible?
