// An error that is never set, fixed: the worker catches the error of process and puts it into the result. The reader
// gets the error, and the following jobs are done.

import { Channel, go, main, type ReceiveChannel, type SendChannel, time } from "goro";

interface Job {
  id: number;
  data: string;
}

type Result = { jobID: number; data: string; err?: undefined } | { jobID: number; err: Error };

async function process(data: string): Promise<string> {
  await time.sleep(30 * time.millisecond);
  if (data === "") {
    throw new Error("no data");
  }
  return `${data} done`;
}

async function worker(jobs: ReceiveChannel<Job>, results: SendChannel<Result>): Promise<void> {
  for await (const j of jobs) {
    let result: Result;
    try {
      result = { jobID: j.id, data: await process(j.data) };
    } catch (err) {
      result = { jobID: j.id, err: err as Error };
    }
    await results.send(result);
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

// Try: send no result for a failed job. Which goroutine waits for it?
