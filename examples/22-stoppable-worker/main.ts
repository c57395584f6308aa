// A stoppable worker has its own quit channel. It also waits for quit wherever it blocks, at the receive of a job and
// at the send of a result, and it calls a callback when it ends.

import { Channel, defer, go, main, receive, select, send, time, WaitGroup } from "goro";
import type { ReceiveChannel, SendChannel } from "goro";

class Worker {
  readonly #id: number;
  readonly #jobs: ReceiveChannel<number>;
  readonly #results: SendChannel<number>;
  readonly #stopped: (id: number) => void;
  readonly #quit = new Channel<never>();
  readonly #ended = new Channel<never>();
  #stopping = false;

  constructor(id: number, jobs: ReceiveChannel<number>, results: SendChannel<number>, stopped: (id: number) => void) {
    this.#id = id;
    this.#jobs = jobs;
    this.#results = results;
    this.#stopped = stopped;
  }

  start(): void {
    go(() => this.#run());
  }

  // Stop waits until the worker has ended. A channel can be closed only once, but stop may be called repeatedly.
  async stop(): Promise<void> {
    if (!this.#stopping) {
      this.#stopping = true;
      this.#quit.close();
    }
    await this.#ended.receive();
  }

  async #run(): Promise<void> {
    // Deferred calls run in reverse order, so the callback has been called when stop returns.
    using _ = defer(() => this.#ended.close());
    using _2 = defer(() => this.#stopped(this.#id));
    for (;;) {
      // Select chooses at random if both cases are ready, so quit is checked first.
      const first = await select({ quit: receive(this.#quit), default: true });
      if (first.case === "quit") {
        return;
      }
      const s = await select({ quit: receive(this.#quit), job: receive(this.#jobs) });
      switch (s.case) {
        case "quit":
          return;
        case "job": {
          if (!s.ok) {
            return;
          }
          // The work itself is not interrupted.
          await time.sleep(50 * time.millisecond);
          // The reader may have stopped reading.
          const sent = await select({ out: send(this.#results, 2 * s.value), quit: receive(this.#quit) });
          if (sent.case === "quit") {
            return;
          }
        }
      }
    }
  }
}

main(async () => {
  let jobs = new Channel<number>(100);
  let results = new Channel<number>();
  const report = (id: number): void => console.log(`worker ${id} has stopped`);

  const first = new Worker(1, jobs, results, report);
  first.start();
  await time.sleep(20 * time.millisecond);
  console.log("worker 1 waits for a job: stop");
  await first.stop();

  const second = new Worker(2, jobs, results, report);
  second.start();
  await jobs.send(1);
  await time.sleep(100 * time.millisecond);
  console.log("worker 2 waits for a reader of its result: stop, twice");
  await second.stop();
  await second.stop();

  const third = new Worker(3, jobs, results, report);
  third.start();
  await jobs.send(2);
  await results.receive();
  console.log("worker 3 waits for a job: close the jobs");
  jobs.close();
  await time.sleep(50 * time.millisecond);
  console.log("worker 3 has ended: stop it anyway");
  await third.stop();

  // These workers are stopped during their first job. More jobs are queued, and the buffer has room for all results,
  // but quit takes precedence.
  jobs = new Channel<number>(100);
  results = new Channel<number>(100);
  for (let job = 1; job <= 100; job++) {
    await jobs.send(job);
  }
  let calls = 0;
  const workers: Worker[] = [];
  for (let id = 1; id <= 20; id++) {
    const w = new Worker(id, jobs, results, () => calls++);
    w.start();
    workers.push(w);
  }
  await time.sleep(20 * time.millisecond);
  const wg = new WaitGroup();
  for (const w of workers) {
    wg.go(() => w.stop());
  }
  await wg.wait();
  console.log(`${calls} workers stopped in their first job, ${jobs.length} of 100 jobs are left`);
});

// Try: remove the select that checks quit alone. How many jobs are left then?
