// An error that is never set: the result has an error field, and the reader checks it, but no code sets it. A failed
// job throws through the worker, and that is a panic, which ends the program.

import { Channel, go, main, type ReceiveChannel, type SendChannel, time } from "goro";

interface Job {
  id: number;
  data: string;
}

interface Result {
  jobID: number;
  data: string;
  err?: Error;
}

async function process(data: string): Promise<string> {
  await time.sleep(30 * time.millisecond);
  if (data === "") {
    throw new Error("no data");
  }
  return `${data} done`;
}

async function worker(jobs: ReceiveChannel<Job>, results: SendChannel<Result>): Promise<void> {
  for await (const j of jobs) {
    await results.send({ jobID: j.id, data: await process(j.data) });
  }
}

main(async () => {
  const jobs = new Channel<Job>(5);
  const results = new Channel<Result>(5);

  // One worker, so that the results arrive in the order of the jobs.
  go(worker, jobs, results);
  for (const [id, data] of ["tea", "milk", "", "jam", "salt"].entries()) {
    await jobs.send({ id: id + 1, data });
  }
  jobs.close();

  for (let i = 0; i < 5; i++) {
    const { value: r } = await results.receive();
    if (r?.err) {
      console.log(`job ${r.jobID} failed: ${r.err.message}`);
      continue;
    }
    console.log(`job ${r?.jobID}: ${r?.data}`);
  }
});

// Try: return "" instead of the throw. How does the reader detect then that the job has failed?
