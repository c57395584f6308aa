// No workers, mended: the workers are started before the first job is sent, and each job finds somebody to take it.

import { Channel, go, main, type ReceiveChannel, type SendChannel } from "goro";

async function worker(jobs: ReceiveChannel<string>, results: SendChannel<string>): Promise<void> {
  for await (const job of jobs) {
    await results.send(`${job} is done`);
  }
}

main(async () => {
  const numWorkers = 3;
  const numJobs = 5;
  const jobs = new Channel<string>(numWorkers);
  const results = new Channel<string>(numWorkers);

  for (let w = 0; w < numWorkers; w++) {
    go(worker, jobs, results);
  }

  // Five jobs and their results find room in the buffers and with the workers; for many, somebody would have to read by
  // now.
  for (let j = 1; j <= numJobs; j++) {
    await jobs.send(`job-${j}`);
    console.log(`job-${j} sent`);
  }
  jobs.close();

  for (let j = 1; j <= numJobs; j++) {
    console.log(`result: ${(await results.receive()).value}`);
  }
});

// Try: one worker instead of three, and so buffers of 1. Where does it stop then, and why?
