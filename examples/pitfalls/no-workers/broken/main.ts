// No workers: the channels exist and the jobs are sent, but no worker was started to receive them. Three jobs fit into
// the buffer, and the fourth send blocks forever.

import { Channel, main, type ReceiveChannel, type SendChannel } from "goro";

// A worker function that is never started does nothing. (TypeScript would report it as unused if it were not exported.)
export async function worker(jobs: ReceiveChannel<string>, results: SendChannel<string>): Promise<void> {
  for await (const job of jobs) {
    await results.send(`${job} is done`);
  }
}

main(async () => {
  const numWorkers = 3;
  const numJobs = 5;
  const jobs = new Channel<string>(numWorkers);
  const results = new Channel<string>(numWorkers);

  for (let j = 1; j <= numJobs; j++) {
    await jobs.send(`job-${j}`);
    console.log(`job-${j} sent`);
  }
  jobs.close();

  for (let j = 1; j <= numJobs; j++) {
    console.log(`result: ${(await results.receive()).value}`);
  }
});

// Try: three jobs instead of five. All of them can be sent: where does the program block then?
