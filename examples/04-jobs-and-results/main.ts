// Jobs and results as structs: a job has an ID, and its result carries the same ID, so that each result can be matched
// with its job.

import { Channel, go, main, type ReceiveChannel, type SendChannel, WaitGroup } from "goro";

const numWorkers = 3;
const numJobs = 5;

interface Job {
  id: number;
  data: unknown;
}

interface Result {
  jobID: number;
  data?: unknown;
  error?: Error;
}

// The data can be of any type, so a worker checks the type first. A job that cannot be done also has a result: its
// error names the worker and the reason.
function process(id: number, job: Job): Result {
  if (typeof job.data !== "string") {
    return { jobID: job.id, error: new Error(`worker ${id}: not a string`) };
  }
  return { jobID: job.id, data: job.data.toUpperCase() };
}

async function worker(id: number, jobs: ReceiveChannel<Job>, results: SendChannel<Result>): Promise<void> {
  for await (const job of jobs) {
    await results.send(process(id, job));
  }
}

// Go's verb %+v prints a struct with its field names. TypeScript has no such verb, so this function writes the same
// text.
function format(r: Result): string {
  return `{JobID:${r.jobID} Data:${String(r.data ?? "<nil>")} Error:${r.error?.message ?? "<nil>"}}`;
}

main(async () => {
  const jobs = new Channel<Job>(numWorkers);
  const results = new Channel<Result>(numWorkers);

  const wg = new WaitGroup();
  for (let id = 1; id <= numWorkers; id++) {
    wg.go(worker, id, jobs, results);
  }

  // The jobs are sent from a separate goroutine: if there are more jobs than the channels and the workers can hold, the
  // results must be read at the same time.
  go(async () => {
    for (let j = 1; j <= numJobs; j++) {
      await jobs.send({ id: j, data: `job-${j}` });
    }
    jobs.close();
    await wg.wait();
    results.close();
  });

  for await (const result of results) {
    console.log(`Result: ${format(result)}`);
  }
});

// Try: send j itself as data instead of a string. What do the results look like?
