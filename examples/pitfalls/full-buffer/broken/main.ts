// A full buffer: "a buffer prevents blocking", but only until it is full. Whoever relies on more waits at the send
// after that, here for ever, since the worker that would make room has not been started yet.

import { Channel, main, WaitGroup } from "goro";

const numJobs = 101;

main(async () => {
  const jobs = new Channel<number>(100);

  // First all the jobs: the buffer is large.
  for (let j = 1; j <= numJobs; j++) {
    await jobs.send(j);
    if (j >= 100) {
      console.log(`${j} jobs submitted`);
    }
  }
  jobs.close();

  // Then the worker.
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

// Try: 100 jobs. It works, until the day when there is one more.
