// An executor, as in Python's standard library: each job that is submitted gives a future of its own, so that each caller
// gets the result, or the error, of their own job and of no other.

import { type Context, main, time, WorkerPool } from "goro";

const numJobs = 9;

// The later the job, the sooner it is done. Job 2 fails.
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
    // At the end of this block everything that was submitted has been done.
    await using executor = new WorkerPool(work, {
      workers: 3,
      onEvent: (event) => (done += event.type === "ended" ? 1 : 0),
    });
    for (let n = 1; n <= numJobs; n++) {
      await executor.submit(n);
    }
  }
  console.log(`${done} jobs done when the block was left`);

  // Submit waits while all workers are busy and the queue is full, and gives a task: that is the future. This queue has
  // room for all nine.
  const executor = new WorkerPool(work, { workers: 3, queueSize: numJobs });
  const tasks = [];
  for (let n = 1; n <= numJobs; n++) {
    tasks.push(await executor.submit(n));
  }

  // Awaited in the order in which they were submitted, whatever the order in which they are done. A job that fails
  // spoils only its own task.
  const answers = [];
  for (const task of tasks) {
    try {
      answers.push(await task.result);
    } catch (err) {
      answers.push(`error: ${(err as Error).message}`);
    }
  }
  console.log(answers.join(", "));

  // After the end nothing is taken any more.
  await executor.stop();
  try {
    await executor.submit(10);
  } catch (err) {
    console.log(`job 10: ${(err as Error).message}`);
  }

  // And an executor without workers would never do anything.
  try {
    new WorkerPool(work, { workers: 0 });
  } catch (err) {
    console.log((err as Error).message);
  }
});

// Try: await the tasks with Promise.all. What is left of the other results then?
