// A dynamic pool: it hires a worker when a job is left waiting, and a worker who has had nothing to do for a while goes
// home. There are always at least minWorkers, and never more than maxWorkers.

import { Channel, main, receive, select, time, WaitGroup } from "goro";

const minWorkers = 2;
const maxWorkers = 10;
const idle = 20 * time.millisecond;

type Job = () => Promise<void>;

class Pool {
  readonly jobs: Channel<Job> = new Channel(100);
  readonly wg: WaitGroup = new WaitGroup();

  // How many workers there are, and the fewest and the most that there have been.
  workers = 0;
  fewest = minWorkers;
  most = 0;

  constructor() {
    for (let w = 0; w < minWorkers; w++) {
      this.hire();
    }
  }

  // A job that an idle worker takes is never seen in the queue. One that is seen there waits, and is a reason to grow.
  async submit(job: Job): Promise<void> {
    await this.jobs.send(job);
    if (this.jobs.length > 0 && this.workers < maxWorkers) {
      this.hire();
    }
  }

  // Looking at the number and changing it is one step: there is no await between.
  hire(): void {
    this.workers++;
    this.most = Math.max(this.most, this.workers);
    this.wg.go(() => this.worker());
  }

  // Says whether a worker who is idle may go home.
  dismiss(): boolean {
    if (this.workers === minWorkers) {
      return false;
    }
    this.workers--;
    this.fewest = Math.min(this.fewest, this.workers);
    return true;
  }

  // A worker goes home between two jobs only, so a job that was begun is always finished.
  async worker(): Promise<void> {
    for (;;) {
      const s = await select({ job: receive(this.jobs), idle: receive(time.after(idle)) });
      switch (s.case) {
        case "job":
          if (!s.ok) {
            return;
          }
          await s.value();
          continue;
        case "idle":
          if (this.dismiss()) {
            return;
          }
      }
    }
  }

  // Waits until all jobs are done, and all workers have gone.
  async close(): Promise<void> {
    this.jobs.close();
    await this.wg.wait();
  }
}

main(async () => {
  const pool = new Pool();
  console.log(`at the start: ${pool.workers} workers`);

  // A job takes longer than a worker may be idle. Nobody is sent home in the middle of one.
  let begun = 0;
  let finished = 0;
  const pending = new WaitGroup();
  async function job(): Promise<void> {
    begun++;
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
  console.log(`${begun} jobs begun, ${finished} finished`);

  await time.sleep(90 * time.millisecond);
  console.log(`after a rest: ${pool.workers} workers`);

  // An idle worker takes it, and nobody is hired.
  pending.add(1);
  await pool.submit(job);
  console.log(`one more job: ${pool.workers} workers`);

  await pool.close();
  console.log(`${begun} jobs begun, ${finished} finished`);
  console.log(`never fewer than ${pool.fewest} workers, never more than ${pool.most}`);
});

// Try: an idle time of 200 ms. How many workers are there after the rest?
