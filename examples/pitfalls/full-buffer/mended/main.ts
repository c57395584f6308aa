// A full buffer, mended: the worker is started before the jobs are submitted. A buffer that is full now only makes the
// submitter wait until there is room, which is what keeps it from running away from the worker.

import { Channel, main, WaitGroup } from "goro";

const numJobs = 101;

main(async () => {
  const jobs = new Channel<number>(100);

  // First the worker.
  let sum = 0;
  const wg = new WaitGroup();
  wg.go(async () => {
    for await (const j of jobs) {
      sum += j;
    }
  });

  // Then all the jobs: a large buffer, a small one or none at all will do.
  for (let j = 1; j <= numJobs; j++) {
    await jobs.send(j);
    if (j >= 100) {
      console.log(`${j} jobs submitted`);
    }
  }
  jobs.close();

  await wg.wait();
  console.log(`all done, sum ${sum}`);
});

// Try: no buffer at all. Does the program still end?
