// A full buffer: "a buffer prevents blocking", but only until it is full. The next send then blocks, here forever,
// because the worker that would make room has not been started yet.

import { Channel, main, WaitGroup } from "goro";

const numJobs = 101;

main(async () => {
  const jobs = new Channel<number>(100);

  // The jobs are sent first: the buffer is large.
  for (let j = 1; j <= numJobs; j++) {
    await jobs.send(j);
    if (j >= 100) {
      console.log(`${j} jobs submitted`);
    }
  }
  jobs.close();

  // The worker is started after that.
  let sum = 0;
  const wg = new WaitGroup();
  wg.go(async () => {
    for await (const j of jobs) {
      sum += j;
    }
  });

  await wg.wait();
  console.log(`all done, sum ${sum}`);
});

// Try: 100 jobs. The program works, until there is one more job.
