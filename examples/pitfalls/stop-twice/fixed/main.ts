// Stopping twice, fixed: the first call stops the pool, and every later call only waits for its end. A stop that may be
// called repeatedly can be deferred safely.

import { Channel, defer, main, WaitGroup } from "goro";

class Pool {
  readonly #numWorkers: number;
  readonly jobs: Channel<number>;
  readonly results: Channel<number>;
  readonly #wg = new WaitGroup();
  #once: Promise<void> | undefined;

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

  // A call during the first call waits for it.
  async stop(): Promise<void> {
    console.log("stop");
    this.#once ??= this.#shutDown();
    await this.#once;
  }

  async #shutDown(): Promise<void> {
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

// Try: return early, before the last stop. Is the pool still stopped?
