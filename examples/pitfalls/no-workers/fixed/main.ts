// No workers, fixed: the workers are started before the first job is sent, so each job has a receiver.

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

  // Five jobs and their results fit into the buffers and the workers. With more than nine jobs, the results would have
  // to be read at the same time.
  for (let j = 1; j <= numJobs; j++) {
    await jobs.send(`job-${j}`);
    console.log(`job-${j} sent`);
  }
  jobs.close();

  for (let j = 1; j <= numJobs; j++) {
    console.log(`result: ${(await results.receive()).value}`);
  }
});

// Try: one worker instead of three, and therefore buffers of 1. Where does the program block then, and why?
