// An undrained queue, fixed: a worker that fails stops working but keeps receiving. It drops the queued jobs and all
// later ones until the channel is closed, so a send never blocks forever.

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

  // The workers share the counters. Only one goroutine runs between two awaits, so plain numbers are enough.
  let done = 0;
  let dropped = 0;
  const wg = new WaitGroup();
  for (let w = 0; w < 2; w++) {
    wg.go(async () => {
      for await (const n of jobs) {
        const err = await process(n);
        if (err) {
          console.log(`${err.message}: its worker drops the rest`);
          for await (const _ of jobs) {
            dropped++;
          }
          return;
        }
        done++;
      }
    });
  }

  // Two jobs are done, two fail, and the others are dropped after the first failure.
  for (let n = 1; n <= numJobs; n++) {
    await jobs.send(n);
  }
  jobs.close();

  await wg.wait();
  console.log(`${numJobs} jobs submitted, ${done} done, ${dropped} dropped`);
});

// Try: let job 4 succeed. How many jobs are done then, and is that the intended result?
