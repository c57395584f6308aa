// Numbered workers: each worker has an ID from 1 to N, and each result contains the ID of its worker. The WaitGroup
// counts all workers before the first one starts.

import { Channel, defer, go, main, type ReceiveChannel, type SendChannel, time, WaitGroup } from "goro";

const numWorkers = 3;
const numJobs = 9;

interface Result {
  job: number;
  worker: number;
}

// The number of running workers.
let live = 0;

// A worker calls done on every exit path. Deferred calls run in reverse order, so live is decremented before done.
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

  // One add covers all workers. If each worker added itself, wait could see 0 before the first worker has started.
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

  // The counter reaches 0 once, when the last worker returns.
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

// Try: call wg.add(1) in the loop as well, so that each worker is counted twice. Which goroutine blocks forever?
