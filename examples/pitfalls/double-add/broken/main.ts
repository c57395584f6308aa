// Adding twice: all workers are added before the loop, and each of them once more inside it. Each worker calls done
// once, so the counter stops half way down, and wait never returns.

import { Channel, defer, go, main, WaitGroup } from "goro";

const numWorkers = 3;
const numJobs = 5;

main(async () => {
  const jobs = new Channel<number>(numJobs);
  const results = new Channel<number>(numJobs);

  // The last worker to return prints this line.
  let ended = 0;

  const wg = new WaitGroup();
  wg.add(numWorkers);
  for (let w = 0; w < numWorkers; w++) {
    wg.add(1);
    go(async () => {
      using _ = defer(() => wg.done());
      for await (const n of jobs) {
        await results.send(n * n);
      }
      if (++ended === numWorkers) {
        console.log(`all ${numWorkers} workers have ended`);
      }
    });
  }

  for (let n = 1; n <= numJobs; n++) {
    await jobs.send(n);
  }
  jobs.close();

  await wg.wait();
  results.close();

  let sum = 0;
  for await (const r of results) {
    sum += r;
  }
  console.log(`the squares of 1 to ${numJobs} add up to ${sum}`);
});

// Try: remove one of the two adds. Does it matter which?
