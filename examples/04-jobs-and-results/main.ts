// Jobs and results as structs: a job has a number, and its result carries the same number, so that each answer can be
// matched with its question.

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

// Data may be anything, so a worker looks before it starts. A job that cannot be done has a result too: its error says
// why, and which worker says so.
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

// Go's verb %+v prints a struct with the names of its fields. TypeScript has no such verb, so this writes the same text.
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

  // Whoever submits is a goroutine of its own: there may be more jobs than both channels and the workers can hold, and
  // then the results must be read meanwhile.
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

// Try: send j itself as data, and not a string. What do the results look like?
