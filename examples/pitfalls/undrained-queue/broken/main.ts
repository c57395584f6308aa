// An undrained queue: a worker returns at its first error and leaves the queued jobs in the channel. When all workers
// have returned, the queue stays full, and the next send blocks forever.

import { Channel, main, time, WaitGroup } from "goro";

const numJobs = 9;

// Jobs 3 and 4 are broken. Each job takes 20 ms longer than the one before.
async function process(n: number): Promise<Error | undefined> {
  await time.sleep(n * 20 * time.millisecond);
  if (n === 3 || n === 4) {
    return new Error(`job ${n} is broken`);
  }
  return undefined;
}

main(async () => {
  const jobs = new Channel<number>(3);

  // The workers share the counter. Only one goroutine runs between two awaits, so a plain number is enough.
  let done = 0;
  const wg = new WaitGroup();
  for (let w = 0; w < 2; w++) {
    wg.go(async () => {
      for await (const n of jobs) {
        const err = await process(n);
        if (err) {
          console.log(`${err.message}: its worker stops`);
          return;
        }
        done++;
      }
    });
  }

  // Two jobs are done, two fail, and three stay in the queue. The eighth job finds no room.
  for (let n = 1; n <= numJobs; n++) {
    await jobs.send(n);
  }
  jobs.close();

  await wg.wait();
  console.log(`${numJobs} jobs submitted, ${done} done`);
});

// Try: seven jobs. The program ends, but what does it not report?
