// Stopping twice: stop closes a channel, and a second close panics. Here one stop is deferred for safety, and the other
// is called when the work is done.

import { Channel, defer, main, WaitGroup } from "goro";

class Pool {
  readonly #numWorkers: number;
  readonly jobs: Channel<number>;
  readonly results: Channel<number>;
  readonly #wg = new WaitGroup();

  constructor(numWorkers: number) {
    this.#numWorkers = numWorkers;
    this.jobs = new Channel(numWorkers);
    this.results = new Channel(numWorkers);
  }

  start(): void {
    for (let w = 0; w < this.#numWorkers; w++) {
      this.#wg.go(async () => {
        for await (const j of this.jobs) {
          await this.results.send(j * 2);
        }
      });
    }
  }

  async stop(): Promise<void> {
    console.log("stop");
    this.jobs.close();
    await this.#wg.wait();
    this.results.close();
    console.log("stopped");
  }
}

main(async () => {
  const p = new Pool(3);
  p.start();
  await using _ = defer(() => p.stop());

  for (let j = 1; j <= 3; j++) {
    await p.jobs.send(j);
  }
  let sum = 0;
  for (let i = 0; i < 3; i++) {
    sum += (await p.results.receive()).value ?? 0;
  }
  console.log(`3 results, sum ${sum}`);

  await p.stop();
});

// Try: remove one stop, then the other. Which one is better to keep?
