// Nothing waits, fixed: the jobs are closed, so that the workers return; the results are closed when the workers have
// returned; and main reads until then.

import { Channel, go, main, type ReceiveChannel, type SendChannel, time, WaitGroup } from "goro";

const numWorkers = 3;
const numJobs = 9;

async function worker(jobs: ReceiveChannel<number>, results: SendChannel<number>): Promise<void> {
  for await (const j of jobs) {
    await time.sleep(50 * time.millisecond);
    await results.send(j * 2);
  }
}

main(async () => {
  const jobs = new Channel<number>(100);
  const results = new Channel<number>(100);
  const wg = new WaitGroup();
  for (let w = 0; w < numWorkers; w++) {
    wg.go(worker, jobs, results);
  }
  for (let j = 1; j <= numJobs; j++) {
    await jobs.send(j);
  }
  jobs.close();

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
  console.log(`${numJobs} jobs, ${count} results, sum ${sum}`);
});

// Try: remove one of the two closes, then the other. Which goroutine waits for what?
