// A full buffer, fixed: the worker is started before the jobs are submitted. A full buffer now only makes the sender
// wait for room, which keeps it from running ahead of the worker.

import { Channel, main, WaitGroup } from "goro";

const numJobs = 101;

main(async () => {
  const jobs = new Channel<number>(100);

  // The worker is started first.
  let sum = 0;
  const wg = new WaitGroup();
  wg.go(async () => {
    for await (const j of jobs) {
      sum += j;
    }
  });

  // Then the jobs are sent. A large buffer, a small one or none works.
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

// Try: no buffer. Does the program still end?
