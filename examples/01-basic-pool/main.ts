// A worker pool is a fixed number of goroutines that receive jobs from one shared channel. An idle worker takes the
// next job, so the load balances itself.

import { Channel, go, main, type ReceiveChannel, type SendChannel, WaitGroup } from "goro";

const numWorkers = 3;
const numJobs = 9;

interface Result {
  number: number;
  square: number;
}

// A worker ranges over the jobs. The loop ends when the channel is closed and empty, and the worker returns.
async function worker(jobs: ReceiveChannel<number>, results: SendChannel<Result>): Promise<void> {
  for await (const n of jobs) {
    await results.send({ number: n, square: n * n });
  }
}

// The pool starts the workers and waits until all of them have returned. Only then can it close the results: a send on
// a closed channel panics.
async function pool(jobs: ReceiveChannel<number>, results: SendChannel<Result>): Promise<void> {
  const wg = new WaitGroup();
  for (let w = 0; w < numWorkers; w++) {
    wg.go(worker, jobs, results);
  }
  await wg.wait();
  results.close();
}

main(async () => {
  const jobs = new Channel<number>();
  const results = new Channel<Result>();

  // The pool runs in its own goroutine, because it blocks and main has to read the results.
  go(pool, jobs, results);

  // The jobs are sent from a goroutine for the same reason. Closing the channel signals that no more jobs follow.
  go(async () => {
    for (let n = 1; n <= numJobs; n++) {
      await jobs.send(n);
    }
    jobs.close();
  });

  // The results arrive in the order of completion. The loop ends when the pool closes the channel.
  let sum = 0;
  for await (const r of results) {
    console.log(`${r.number} squared is ${r.square}`);
    sum += r.square;
  }
  console.log(`${numJobs} jobs, ${numWorkers} workers, sum ${sum}`);
});

// Try: call pool with `await` instead of `go`. Which goroutine waits for which?
