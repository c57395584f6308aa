// An ignored quit channel, fixed: the worker waits for it wherever it blocks, also at the send of a result, and checks
// it before each job. Stop may be called repeatedly, and returns when the worker has ended.

import { Channel, defer, go, main, receive, type ReceiveChannel, select, send, type SendChannel, time } from "goro";

class Worker {
  readonly #jobs: ReceiveChannel<number>;
  readonly #results: SendChannel<number>;
  readonly #quit = new Channel<never>();
  #stopping = false;
  readonly stopped = new Channel<never>();

  constructor(jobs: ReceiveChannel<number>, results: SendChannel<number>) {
    this.#jobs = jobs;
    this.#results = results;
  }

  start(): void {
    go(async () => {
      using _ = defer(() => this.stopped.close());
      for (;;) {
        // Select chooses at random if both cases are ready, so quit is checked first.
        if (this.#quit.tryReceive()) {
          return;
        }
        const s = await select({ job: receive(this.#jobs), quit: receive(this.#quit) });
        switch (s.case) {
          case "job": {
            if (!s.ok) {
              return;
            }
            // The reader may have stopped reading.
            const sent = await select({ out: send(this.#results, s.value * s.value), quit: receive(this.#quit) });
            if (sent.case === "quit") {
              return;
            }
            continue;
          }
          case "quit":
            return;
        }
      }
    });
  }

  async stop(): Promise<void> {
    if (!this.#stopping) {
      this.#stopping = true;
      this.#quit.close();
    }
    await this.stopped.receive();
  }
}

main(async () => {
  const jobs = new Channel<number>(5);
  const results = new Channel<number>();
  const w = new Worker(jobs, results);
  w.start();
  for (let j = 1; j <= 5; j++) {
    await jobs.send(j);
  }

  // Main needs only one result. The worker then blocks in the send of the next one.
  const { value } = await results.receive();
  console.log(`the first result is ${value}`);
  await time.sleep(50 * time.millisecond);

  await w.stop();
  await w.stop();
  const s = await select({ stopped: receive(w.stopped), after: receive(time.after(200 * time.millisecond)) });
  switch (s.case) {
    case "stopped":
      console.log("the worker has stopped");
      break;
    case "after":
      console.log("200 ms after stop, the worker has not stopped");
  }
});

// Try: print jobs.length at the end. What happened to job 2?
