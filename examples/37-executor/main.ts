// An executor, as in Python's standard library: each submitted job returns its own future, so that each caller gets the
// result or the error of its own job.

import { type Context, main, time, WorkerPool } from "goro";

const numJobs = 9;

// Later jobs take less time. Job 2 fails.
async function work(_: Context, n: number): Promise<number> {
  await time.sleep((numJobs - n) * 20 * time.millisecond);
  if (n === 2) {
    throw new Error("boom");
  }
  return n * 2;
}

main(async () => {
  let done = 0;
  {
    // At the end of this block, all submitted jobs have been done.
    await using executor = new WorkerPool(work, {
      workers: 3,
      onEvent: (event) => (done += event.type === "ended" ? 1 : 0),
    });
    for (let n = 1; n <= numJobs; n++) {
      await executor.submit(n);
    }
  }
  console.log(`${done} jobs done when the block was left`);

  // Submit waits while all workers are busy and the queue is full, and returns a task, which is the future. This queue
  // has room for all nine jobs.
  const executor = new WorkerPool(work, { workers: 3, queueSize: numJobs });
  const tasks = [];
  for (let n = 1; n <= numJobs; n++) {
    tasks.push(await executor.submit(n));
  }

  // The results are awaited in the order of submission, whatever the order of completion. A failed job affects only its
  // own task.
  const results = [];
  for (const task of tasks) {
    try {
      results.push(await task.result);
    } catch (err) {
      results.push(`error: ${(err as Error).message}`);
    }
  }
  console.log(results.join(", "));

  // After the stop, submit accepts no more jobs.
  await executor.stop();
  try {
    await executor.submit(10);
  } catch (err) {
    console.log(`job 10: ${(err as Error).message}`);
  }

  // An executor without workers is refused, because it could never do a job.
  try {
    new WorkerPool(work, { workers: 0 });
  } catch (err) {
    console.log((err as Error).message);
  }
});

// Try: await the tasks with Promise.all. What happens to the other results then?
