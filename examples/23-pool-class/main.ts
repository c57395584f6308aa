// A worker pool as a class. Start and stop may be called repeatedly, an accepted job is always done, and a late submit
// returns an error instead of panicking.

import { Channel, go, main, receive, type ReceiveChannel, select, send, time, WaitGroup } from "goro";

const errStopped = new Error("the pool has been stopped");

// The number of workers started. Only one goroutine runs between two awaits, so a plain number is enough.
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

  // The jobs channel is never closed, because a submit may be in progress. It has no buffer: a job is accepted only
  // when a worker receives it, so no accepted job is left over.
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

  // Stop waits for the workers, and the workers wait for the reader: read until the results are closed.
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

  // The goroutine that submits also stops the pool, which ends the loop over the results.
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
  console.log(`stopped twice, and submit returns: ${(await pool.submit(6))?.message}`);

  // The pool is stopped while a goroutine submits and all workers are busy: each accepted job still has its result.
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

// Try: give the jobs channel a buffer of 10, and stop the pool while it is at work. Where are the jobs without a
// result?
