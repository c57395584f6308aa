// Workers with numbers: each has an id from 1 to N, and each result tells which worker did the job. The WaitGroup counts all
// of them before the first one starts.

import { Channel, defer, go, main, type ReceiveChannel, type SendChannel, time, WaitGroup } from "goro";

const numWorkers = 3;
const numJobs = 9;

interface Result {
  job: number;
  worker: number;
}

// How many workers live.
let live = 0;

// A worker says done when it leaves, by whatever way. What is deferred last runs first, so by then it does not live.
async function worker(
  id: number,
  wg: WaitGroup,
  jobs: ReceiveChannel<number>,
  results: SendChannel<Result>,
): Promise<void> {
  using _ = defer(() => wg.done());
  live++;
  using _2 = defer(() => live--);
  for await (const job of jobs) {
    await time.sleep(20 * time.millisecond);
    await results.send({ job, worker: id });
  }
}

main(async () => {
  const jobs = new Channel<number>();
  const results = new Channel<Result>();

  // One add for all. A worker that added itself could be too late: wait might find 0 before it has started.
  const wg = new WaitGroup();
  wg.add(numWorkers);
  for (let id = 1; id <= numWorkers; id++) {
    go(worker, id, wg, jobs, results);
  }

  go(async () => {
    for (let job = 1; job <= numJobs; job++) {
      await jobs.send(job);
    }
    jobs.close();
  });

  // The counter comes to 0 once, when the last worker leaves.
  go(async () => {
    await wg.wait();
    console.log(`waited for ${numWorkers} workers, ${live} live`);
    results.close();
  });

  let done = 0;
  for await (const r of results) {
    console.log(`job ${r.job} by worker ${r.worker}`);
    done++;
  }
  console.log(`${done} jobs done`);
});

// Try: write wg.add(1) into the loop as well, so that each worker is counted twice. Who waits for ever?
