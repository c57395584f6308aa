// A queue that nobody drains: a worker stops at its first error and leaves what is queued where it is. When all workers
// have stopped the queue stays full, and whoever submits the next job waits for ever.

import { Channel, main, time, WaitGroup } from "goro";

const numJobs = 9;

// Jobs 3 and 4 are broken. Each job takes a little longer than the one before.
async function process(n: number): Promise<Error | undefined> {
  await time.sleep(n * 20 * time.millisecond);
  if (n === 3 || n === 4) {
    return new Error(`job ${n} is broken`);
  }
  return undefined;
}

main(async () => {
  const jobs = new Channel<number>(3);

  // The workers count together; a plain number will do, for between two awaits a goroutine is alone.
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

  // Two jobs are done, two fail, three stay in the queue: the eighth finds no place.
  for (let n = 1; n <= numJobs; n++) {
    await jobs.send(n);
  }
  jobs.close();

  await wg.wait();
  console.log(`${numJobs} jobs submitted, ${done} done`);
});

// Try: seven jobs. The program ends, and what does it not tell?
