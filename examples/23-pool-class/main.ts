// A worker pool as a class. Starting and stopping may be repeated, a job that was accepted is always done, and whoever
// submits too late gets an error and no panic.

import { Channel, go, main, receive, type ReceiveChannel, select, send, time, WaitGroup } from "goro";

const errStopped = new Error("the pool has been stopped");

// How many workers have been started. A plain number will do: between two awaits nobody else runs.
let workers = 0;

class WorkerPool {
  readonly #numWorkers: number;
  readonly #jobs = new Channel<number>();
  readonly #results: Channel<number>;
  readonly #quit = new Channel<never>();
  readonly #wg = new WaitGroup();
  #started = false;
  #stopped: Promise<void> | undefined;

  constructor(numWorkers: number) {
    this.#numWorkers = numWorkers;
    this.#results = new Channel<number>(numWorkers);
  }

  start(): void {
    if (this.#started) {
      return;
    }
    this.#started = true;
    for (let w = 0; w < this.#numWorkers; w++) {
      this.#wg.go(() => this.#worker());
    }
  }

  // The jobs are never closed, because somebody may be sending. Nor have they a buffer: a job is accepted when a worker has
  // it in its hands, so that none is left over in the end.
  async #worker(): Promise<void> {
    workers++;
    for (;;) {
      const s = await select({ job: receive(this.#jobs), quit: receive(this.#quit) });
      switch (s.case) {
        case "job":
          await time.sleep(50 * time.millisecond);
          await this.#results.send((s.value as number) ** 2);
          continue;
        case "quit":
          return;
      }
    }
  }

  async submit(job: number): Promise<Error | undefined> {
    const s = await select({ job: send(this.#jobs, job), quit: receive(this.#quit) });
    switch (s.case) {
      case "job":
        return undefined;
      case "quit":
        return errStopped;
    }
  }

  results(): ReceiveChannel<number> {
    return this.#results;
  }

  // Stop waits for the workers, and they for whoever reads: so go on reading until the results are closed.
  async stop(): Promise<void> {
    this.#stopped ??= (async () => {
      this.#quit.close();
      await this.#wg.wait();
      this.#results.close();
    })();
    await this.#stopped;
  }
}

main(async () => {
  const pool = new WorkerPool(3);
  pool.start();
  pool.start();

  // Whoever submits also stops, and the loop over the results ends with that.
  go(async () => {
    for (let job = 1; job <= 5; job++) {
      await pool.submit(job);
    }
    await pool.stop();
  });
  const squares: number[] = [];
  for await (const r of pool.results()) {
    squares.push(r);
  }
  squares.sort((a, b) => a - b);
  console.log(`[${squares.join(" ")}] from ${workers} workers, started twice`);

  await pool.stop();
  console.log(`stopped twice, and submit says: ${(await pool.submit(6))?.message}`);

  // Stopped while somebody submits and all workers are busy: each job that was accepted still has its result.
  const other = new WorkerPool(3);
  other.start();
  let accepted = 0;
  const submitter = new WaitGroup();
  submitter.go(async () => {
    while ((await other.submit(7)) === undefined) {
      accepted++;
    }
  });
  time.afterFunc(125 * time.millisecond, () => other.stop());
  let results = 0;
  for await (const _ of other.results()) {
    results++;
  }
  await submitter.wait();
  console.log(`stopped while at work: ${accepted} jobs accepted, ${results} results`);
});

// Try: give the jobs a buffer of 10, and stop while at work. Where are the jobs that have no result?
