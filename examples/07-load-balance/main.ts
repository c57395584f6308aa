// Load balance: one job is long and many are short. Workers that share a queue take a job when they are free, so nobody
// is idle while there is work. Workers that have their shares beforehand cannot help each other.

import { Channel, main, type ReceiveChannel, time, WaitGroup } from "goro";

const numWorkers = 3;
const long = 40;
const unit = 10 * time.millisecond;

// queue gives a channel that has all these jobs in it, and is closed.
async function queue(jobs: number[]): Promise<ReceiveChannel<number>> {
  const q = new Channel<number>(jobs.length);
  for (const units of jobs) {
    await q.send(units);
  }
  q.close();
  return q;
}

// run starts one worker for each of the queues, which may all be the same.
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
        // All work unit by unit: if the machine is slow, it is so for long and short jobs alike.
        for (let i = 0; i < units; i++) {
          await time.sleep(unit);
        }
        done[w] = (done[w] ?? 0) + 1;
        worked[w] = (worked[w] ?? 0) + units;
      }
    });
  }
  await wg.wait();

  // A worker never pauses between two jobs, so the run is as long as the work of whoever worked most.
  const most = Math.max(...worked);
  let others = 0;
  for (const [w, n] of done.entries()) {
    if (w !== busiest) {
      others += n;
    }
  }
  console.log(`${name}: ${most} units; the worker with the long job did ${done[busiest]}, the others ${others}`);
}

main(async () => {
  // A job is the number of units that it takes: the long one, and 60 of one unit each.
  const jobs = [long];
  for (let i = 0; i < 60; i++) {
    jobs.push(1);
  }

  // One queue for all: the other two share the short jobs between them.
  const shared = await queue(jobs);

  // Each worker gets every third job: the short ones of one worker wait behind the long one.
  const shares: number[][] = Array.from({ length: numWorkers }, () => []);
  for (const [i, units] of jobs.entries()) {
    shares[i % numWorkers]?.push(units);
  }
  const fixed: ReceiveChannel<number>[] = [];
  for (const share of shares) {
    fixed.push(await queue(share));
  }

  // Both run at once, and whichever is done first prints first.
  const wg = new WaitGroup();
  wg.go(run, "fixed split", fixed);
  wg.go(run, "shared queue", [shared, shared, shared]);
  await wg.wait();
});

// Try: make the long job 200 units long. How much does the shared queue gain then?
