// A quit channel that is not heard, mended: the worker listens to it wherever it waits, at the send of a result too,
// and asks for it before each job. Stop may be called again, and returns when the worker has ended.

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
        // Select chooses at random when both are ready: so first ask for the end alone.
        if (this.#quit.tryReceive()) {
          return;
        }
        const s = await select({ job: receive(this.#jobs), quit: receive(this.#quit) });
        switch (s.case) {
          case "job": {
            if (!s.ok) {
              return;
            }
            // Perhaps nobody reads any more.
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

  // One result is all that we need. Soon the worker waits with the next.
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

// Try: print jobs.length at the end. What has become of job 2?
