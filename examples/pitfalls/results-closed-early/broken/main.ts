// Results closed too early: the reader gets no result, and the first worker that finishes a job panics, because it
// sends on a closed channel.

import { Channel, go, main, type ReceiveChannel, type SendChannel, time } from "goro";

const numWorkers = 3;
const numJobs = 6;

// Job n takes n times 40 ms.
async function worker(jobs: ReceiveChannel<number>, results: SendChannel<number>): Promise<void> {
  for await (const j of jobs) {
    await time.sleep(j * 40 * time.millisecond);
    await results.send(j * 2);
  }
}

main(async () => {
  const jobs = new Channel<number>(numJobs);
  const results = new Channel<number>(numJobs);
  for (let w = 0; w < numWorkers; w++) {
    go(worker, jobs, results);
  }
  for (let j = 1; j <= numJobs; j++) {
    await jobs.send(j);
  }
  jobs.close();

  // All jobs have been sent, but they have not been done.
  results.close();

  // The loop ends at once, as if there had been no jobs.
  let count = 0;
  let sum = 0;
  for await (const r of results) {
    count++;
    sum += r;
  }
  console.log(`${count} results, sum ${sum}`);

  // The program continues with other work, and panics before it ends.
  await time.sleep(200 * time.millisecond);
  console.log("the end");
});

// Try: remove the other work. What reports the mistake then?
