// Submitting after stop, fixed: the jobs channel is never closed. Stop closes another channel, on which no values are
// sent, and submit also waits for that one. A late job is refused with an error, even if its submit is already waiting.

import { Channel, main, receive, select, send, WaitGroup } from "goro";

const errStopped = new Error("the pool has been stopped");

class Pool {
  readonly #numWorkers: number;
  readonly #jobs = new Channel<number>();
  readonly results: Channel<number>;
  readonly #done = new Channel<never>();
  readonly #wg = new WaitGroup();

  constructor(numWorkers: number) {
    this.#numWorkers = numWorkers;
    this.results = new Channel(numWorkers);
  }

  start(): void {
    for (let w = 0; w < this.#numWorkers; w++) {
      this.#wg.go(async () => {
        for (;;) {
          const s = await select({ job: receive(this.#jobs), done: receive(this.#done) });
          switch (s.case) {
            case "job":
              await this.results.send((s.value as number) * 2);
              continue;
            case "done":
              return;
          }
        }
      });
    }
  }

  // The jobs channel has no buffer: a submitted job has been received by a worker, which will do it.
  async submit(j: number): Promise<Error | undefined> {
    const s = await select({ job: send(this.#jobs, j), done: receive(this.#done) });
    switch (s.case) {
      case "job":
        return undefined;
      case "done":
        return errStopped;
    }
  }

  async stop(): Promise<void> {
    this.#done.close();
    await this.#wg.wait();
    this.results.close();
  }
}

main(async () => {
  const p = new Pool(3);
  p.start();
  for (let j = 1; j <= 3; j++) {
    const err = await p.submit(j);
    if (err) {
      console.log(`job ${j} refused: ${err.message}`);
    }
  }
  let sum = 0;
  for (let i = 0; i < 3; i++) {
    sum += (await p.results.receive()).value ?? 0;
  }
  await p.stop();
  console.log(`stopped after 3 results, sum ${sum}`);

  // Another part of the program submits after the stop.
  const err = await p.submit(4);
  if (err) {
    console.log(`job 4 refused: ${err.message}`);
  }
});

// Try: give the jobs channel a buffer. Is a late job always refused then, and is every other job done?
