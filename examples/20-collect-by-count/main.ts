// Collecting by count: if each job has exactly one result, the work is complete after as many results as jobs, and no
// WaitGroup is needed. A failed job must also send a result.

import { Channel, go, main, type ReceiveChannel, type SendChannel, time } from "goro";

const numWorkers = 3;
const numJobs = 9;

interface Result {
  job: number;
  value: number;
  err: Error | undefined;
}

// Every third job fails, after the same work.
async function process(job: number): Promise<[value: number, err: Error | undefined]> {
  await time.sleep(20 * time.millisecond);
  if (job % 3 === 0) {
    return [0, new Error("multiples of 3 are refused")];
  }
  return [job * job, undefined];
}

// This loop has one path and one send: a failed job is counted like any other.
async function worker(jobs: ReceiveChannel<number>, results: SendChannel<Result>): Promise<void> {
  for await (const job of jobs) {
    const [value, err] = await process(job);
    await results.send({ job, value, err });
  }
}

main(async () => {
  const jobs = new Channel<number>(numJobs);
  const results = new Channel<Result>();

  for (let w = 0; w < numWorkers; w++) {
    go(worker, jobs, results);
  }
  for (let job = 1; job <= numJobs; job++) {
    await jobs.send(job);
  }
  jobs.close();

  // The results are never closed, because no goroutine waits for the workers. The count is the only end condition.
  const collected: Result[] = [];
  for (let i = 0; i < numJobs; i++) {
    const { value } = await results.receive();
    collected.push(value as Result);
  }

  // The results arrive in any order. After sorting, each job appears once.
  collected.sort((a, b) => a.job - b.job);
  let failed = 0;
  for (const r of collected) {
    if (r.err) {
      console.log(`job ${r.job} failed: ${r.err.message}`);
      failed++;
      continue;
    }
    console.log(`job ${r.job}: ${r.value}`);
  }
  console.log(`${collected.length} results of ${numJobs} jobs, ${failed} failed`);
});

// Try: let the worker skip the send when a job has failed. What does main wait for?
