// Load balance: one job is long and many are short. Workers that share a queue take a job whenever they are free, so a
// worker is idle only if the queue is empty. Workers with a fixed share of the jobs cannot take over jobs from each
// other.

import { Channel, main, type ReceiveChannel, time, WaitGroup } from "goro";

const numWorkers = 3;
const long = 40;
const unit = 10 * time.millisecond;

// queue returns a closed channel that contains the given jobs.
async function queue(jobs: number[]): Promise<ReceiveChannel<number>> {
  const q = new Channel<number>(jobs.length);
  for (const units of jobs) {
    await q.send(units);
  }
  q.close();
  return q;
}

// run starts one worker per queue. The queues may all be the same channel.
async function run(name: string, queues: ReceiveChannel<number>[]): Promise<void> {
  const done = new Array<number>(queues.length).fill(0);
  const worked = new Array<number>(queues.length).fill(0);
  let busiest = 0;
  const wg = new WaitGroup();
  for (const [w, jobs] of queues.entries()) {
    wg.go(async () => {
      for await (const units of jobs) {
        if (units === long) {
          busiest = w;
        }
        // A worker sleeps one unit at a time, so a slow machine delays long and short jobs equally.
        for (let i = 0; i < units; i++) {
          await time.sleep(unit);
        }
        done[w] = (done[w] ?? 0) + 1;
        worked[w] = (worked[w] ?? 0) + units;
      }
    });
  }
  await wg.wait();

  // A worker never pauses between two jobs, so the run takes as long as the worker with the most work.
  const maxUnits = Math.max(...worked);
  let others = 0;
  for (const [w, n] of done.entries()) {
    if (w !== busiest) {
      others += n;
    }
  }
  console.log(`${name}: ${maxUnits} units; the worker with the long job did ${done[busiest]}, the others ${others}`);
}

main(async () => {
  // A job is its number of units: one long job, and 60 jobs of one unit each.
  const jobs = [long];
  for (let i = 0; i < 60; i++) {
    jobs.push(1);
  }

  // One queue for all workers: the other two workers share the short jobs.
  const shared = await queue(jobs);

  // Each worker gets every third job: the short jobs of one worker wait behind the long one.
  const shares: number[][] = Array.from({ length: numWorkers }, () => []);
  for (const [i, units] of jobs.entries()) {
    shares[i % numWorkers]?.push(units);
  }
  const fixed: ReceiveChannel<number>[] = [];
  for (const share of shares) {
    fixed.push(await queue(share));
  }

  // Both runs start at once. The run that finishes first prints first.
  const wg = new WaitGroup();
  wg.go(run, "fixed split", fixed);
  wg.go(run, "shared queue", [shared, shared, shared]);
  await wg.wait();
});

// Try: make the long job 200 units long. How much faster is the shared queue then?
