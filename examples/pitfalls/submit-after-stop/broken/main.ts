// Submitting after stop: stop has closed the jobs channel, so a late submit sends on a closed channel, which panics.

import { Channel, main, WaitGroup } from "goro";

class Pool {
  readonly #numWorkers: number;
  readonly #jobs = new Channel<number>();
  readonly results: Channel<number>;
  readonly #wg = new WaitGroup();

  constructor(numWorkers: number) {
    this.#numWorkers = numWorkers;
    this.results = new Channel(numWorkers);
  }

  start(): void {
    for (let w = 0; w < this.#numWorkers; w++) {
      this.#wg.go(async () => {
        for await (const j of this.#jobs) {
          await this.results.send(j * 2);
        }
      });
    }
  }

  async submit(j: number): Promise<void> {
    await this.#jobs.send(j);
  }

  async stop(): Promise<void> {
    this.#jobs.close();
    await this.#wg.wait();
    this.results.close();
  }
}

main(async () => {
  const p = new Pool(3);
  p.start();
  for (let j = 1; j <= 3; j++) {
    await p.submit(j);
  }
  let sum = 0;
  for (let i = 0; i < 3; i++) {
    sum += (await p.results.receive()).value ?? 0;
  }
  await p.stop();
  console.log(`stopped after 3 results, sum ${sum}`);

  // Another part of the program submits after the stop.
  await p.submit(4);
  console.log("job 4 submitted");
});

// Try: start no workers, submit in a goroutine, and stop a little later. What happens to the blocked submit?
