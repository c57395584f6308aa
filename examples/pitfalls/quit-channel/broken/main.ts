// An ignored quit channel: the worker waits for it only together with the jobs. While the worker is blocked in the send
// of a result that is never read, stop has no effect.

import { Channel, defer, go, main, receive, type ReceiveChannel, select, type SendChannel, time } from "goro";

class Worker {
  readonly #jobs: ReceiveChannel<number>;
  readonly #results: SendChannel<number>;
  readonly #quit = new Channel<never>();
  readonly stopped = new Channel<never>();

  constructor(jobs: ReceiveChannel<number>, results: SendChannel<number>) {
    this.#jobs = jobs;
    this.#results = results;
  }

  start(): void {
    go(async () => {
      using _ = defer(() => this.stopped.close());
      for (;;) {
        const s = await select({ job: receive(this.#jobs), quit: receive(this.#quit) });
        switch (s.case) {
          case "job":
            if (!s.ok) {
              return;
            }
            await this.#results.send(s.value * s.value);
            continue;
          case "quit":
            return;
        }
      }
    });
  }

  stop(): void {
    this.#quit.close();
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

  w.stop();
  const s = await select({ stopped: receive(w.stopped), after: receive(time.after(200 * time.millisecond)) });
  switch (s.case) {
    case "stopped":
      console.log("the worker has stopped");
      break;
    case "after":
      console.log("200 ms after stop, the worker has not stopped");
  }
});

// Try: read one more result after stop. What does the worker do then, and is it always the same?
