// Bounded parallelism: with one goroutine per job, all jobs run at once. A pool reuses a few goroutines, whatever the
// number of jobs.

import { Channel, main, type ReceiveChannel, time, WaitGroup } from "goro";

// Counts holds the number of goroutines started, and the maximum number of jobs that ran at once.
class Counts {
  started = 0;
  running = 0;
  peak = 0;

  // Every job waits for the same event, which releases all jobs at once.
  async work(ready: ReceiveChannel<never>): Promise<void> {
    this.running++;
    this.peak = Math.max(this.peak, this.running);

    await ready.receive();

    this.running--;
  }
}

function readyAfter(ms: number): ReceiveChannel<never> {
  const ready = new Channel<never>();
  time.afterFunc(ms, () => ready.close());
  return ready;
}

// One goroutine per job: all jobs run at once.
async function unbounded(numJobs: number): Promise<Counts> {
  const c = new Counts();
  const ready = readyAfter(200 * time.millisecond);
  const wg = new WaitGroup();
  for (let job = 0; job < numJobs; job++) {
    c.started++;
    wg.go(() => c.work(ready));
  }
  await wg.wait();
  return c;
}

// One goroutine per worker: the other jobs wait for a free worker, and a waiting job needs no goroutine.
async function pool(numWorkers: number, numJobs: number): Promise<Counts> {
  const c = new Counts();
  const ready = readyAfter(200 * time.millisecond);
  const jobs = new Channel<number>();
  const wg = new WaitGroup();
  for (let w = 0; w < numWorkers; w++) {
    c.started++;
    wg.go(async () => {
      for await (const _ of jobs) {
        await c.work(ready);
      }
    });
  }
  for (let job = 0; job < numJobs; job++) {
    await jobs.send(job);
  }
  jobs.close();
  await wg.wait();
  return c;
}

function report(name: string, numJobs: number, c: Counts): void {
  console.log(`${name}: ${numJobs} jobs, ${c.started} goroutines, at most ${c.peak} jobs at once`);
}

main(async () => {
  report("unbounded", 1000, await unbounded(1000));
  report("pool of 5", 1000, await pool(5, 1000));

  // With fewer jobs than workers, the number of jobs is the limit.
  report("pool of 5", 3, await pool(5, 3));
});

// Try: pool(1000, 1000). How does it differ from unbounded now?
