// A dynamic pool: it adds a worker when a job waits in the queue, and a worker exits after 20 ms without a job. The
// number of workers stays between minWorkers and maxWorkers.

import { Channel, main, receive, select, time, WaitGroup } from "goro";

const minWorkers = 2;
const maxWorkers = 10;
const idleTimeout = 20 * time.millisecond;

type Job = () => Promise<void>;

class Pool {
  readonly jobs: Channel<Job> = new Channel(100);
  readonly wg: WaitGroup = new WaitGroup();

  // The current number of workers, and its minimum and maximum so far.
  workers = 0;
  minCount = minWorkers;
  maxCount = 0;

  constructor() {
    for (let w = 0; w < minWorkers; w++) {
      this.addWorker();
    }
  }

  // A job that an idle worker takes never appears in the queue. A job that appears there waits, and is a reason to add
  // a worker.
  async submit(job: Job): Promise<void> {
    await this.jobs.send(job);
    if (this.jobs.length > 0 && this.workers < maxWorkers) {
      this.addWorker();
    }
  }

  // Reading the number and changing it is one step, because no await comes in between.
  addWorker(): void {
    this.workers++;
    this.maxCount = Math.max(this.maxCount, this.workers);
    this.wg.go(() => this.worker());
  }

  // Removes an idle worker from the count and returns true, unless the minimum is reached.
  removeWorker(): boolean {
    if (this.workers === minWorkers) {
      return false;
    }
    this.workers--;
    this.minCount = Math.min(this.minCount, this.workers);
    return true;
  }

  // A worker exits only between two jobs, so a started job is always finished.
  async worker(): Promise<void> {
    for (;;) {
      const s = await select({ job: receive(this.jobs), idle: receive(time.after(idleTimeout)) });
      switch (s.case) {
        case "job":
          if (!s.ok) {
            return;
          }
          await s.value();
          continue;
        case "idle":
          if (this.removeWorker()) {
            return;
          }
      }
    }
  }

  // Waits until all jobs are done and all workers have exited.
  async close(): Promise<void> {
    this.jobs.close();
    await this.wg.wait();
  }
}

main(async () => {
  const pool = new Pool();
  console.log(`at the start: ${pool.workers} workers`);

  // A job takes longer than the idle timeout of a worker. A worker never exits during a job.
  let started = 0;
  let finished = 0;
  const pending = new WaitGroup();
  async function job(): Promise<void> {
    started++;
    await time.sleep(30 * time.millisecond);
    finished++;
    pending.done();
  }

  pending.add(100);
  for (let j = 0; j < 100; j++) {
    await pool.submit(job);
  }
  console.log(`100 jobs queued: ${pool.workers} workers`);

  await pending.wait();
  console.log(`${started} jobs started, ${finished} finished`);

  await time.sleep(90 * time.millisecond);
  console.log(`after a pause: ${pool.workers} workers`);

  // An idle worker takes this job, and no worker is added.
  pending.add(1);
  await pool.submit(job);
  console.log(`one more job: ${pool.workers} workers`);

  await pool.close();
  console.log(`${started} jobs started, ${finished} finished`);
  console.log(`never fewer than ${pool.minCount} workers, never more than ${pool.maxCount}`);
});

// Try: an idle timeout of 200 ms. How many workers are there after the pause?
