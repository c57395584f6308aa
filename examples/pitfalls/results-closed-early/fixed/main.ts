// Results closed too early, fixed: a separate goroutine waits until all workers have returned, and closes the results
// then. All results arrive, and the loop of the reader still ends.

import { Channel, go, main, type ReceiveChannel, type SendChannel, time, WaitGroup } from "goro";

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
  const wg = new WaitGroup();
  for (let w = 0; w < numWorkers; w++) {
    wg.go(worker, jobs, results);
  }
  for (let j = 1; j <= numJobs; j++) {
    await jobs.send(j);
  }
  jobs.close();

  // Only the senders can determine that no more values follow, so the close waits for them.
  go(async () => {
    await wg.wait();
    results.close();
  });

  let count = 0;
  let sum = 0;
  for await (const r of results) {
    count++;
    sum += r;
  }
  console.log(`${count} results, sum ${sum}`);

  // The program continues with other work.
  await time.sleep(200 * time.millisecond);
  console.log("the end");
});

// Try: wait and close in main, before the loop, with unbuffered results. Which goroutine waits for which?
