// Wrapped errors: process adds the ID of the job to an error and wraps the original, so that the reader of the results
// can still check which error it was.

import { Channel, go, main, type ReceiveChannel, WaitGroup } from "goro";

interface Job {
  id: number;
}

type Result = { jobID: number; data: string; err?: undefined } | { jobID: number; err: Error };

const errBoom = new Error("boom");
const errNoData = new Error("no data");

function processJob(job: Job): string {
  switch (job.id) {
    case 4:
      throw errNoData;
    case 7:
      throw errBoom;
    default:
      return `data of job ${job.id}`;
  }
}

// The message reads from the outside in, and cause refers to the original error.
function process(job: Job): Result {
  try {
    return { jobID: job.id, data: processJob(job) };
  } catch (cause) {
    return { jobID: job.id, err: new Error(`processing job ${job.id}: ${(cause as Error).message}`, { cause }) };
  }
}

class WorkerPool {
  readonly #jobs = new Channel<Job>();
  readonly #out = new Channel<Result>();
  readonly #wg = new WaitGroup();

  constructor(numWorkers: number) {
    for (let w = 0; w < numWorkers; w++) {
      this.#wg.go(async () => {
        for await (const job of this.#jobs) {
          await this.#out.send(process(job));
        }
      });
    }
  }

  async submit(job: Job): Promise<void> {
    await this.#jobs.send(job);
  }

  // The results are closed after the last worker has returned.
  async stop(): Promise<void> {
    this.#jobs.close();
    await this.#wg.wait();
    this.#out.close();
  }

  // Callers get only the receiving end: they can neither send nor close.
  results(): ReceiveChannel<Result> {
    return this.#out;
  }
}

main(async () => {
  const pool = new WorkerPool(3);
  go(async () => {
    for (let id = 1; id <= 8; id++) {
      await pool.submit({ id });
    }
    await pool.stop();
  });

  // One line per result, good or bad. The message already contains the ID of the job.
  let good = 0;
  for await (const r of pool.results()) {
    if (r.err) {
      console.log(`${r.err.message} (caused by boom: ${r.err.cause === errBoom})`);
      continue;
    }
    console.log(r.data);
    good++;
  }
  console.log(`${good} of 8 jobs are good`);
});

// Try: remove the cause. What does "caused by boom" print then?
