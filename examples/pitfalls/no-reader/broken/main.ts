// Results without a reader: a send on an unbuffered channel waits until somebody receives. Nobody does, so the workers
// wait for ever, and so does whoever waits for the workers.

import { Channel, main, time, WaitGroup } from "goro";

const numJobs = 6;

main(async () => {
  const jobs = new Channel<number>(numJobs);
  const results = new Channel<number>();
  for (let n = 1; n <= numJobs; n++) {
    await jobs.send(n);
  }
  jobs.close();

  // The workers count together; a plain number will do, for between two awaits a goroutine is alone.
  let delivered = 0;
  const wg = new WaitGroup();
  for (let w = 0; w < 3; w++) {
    wg.go(async () => {
      for await (const n of jobs) {
        await results.send(n * n);
        delivered++;
      }
    });
  }

  // Each worker has a result in its hands, and cannot get rid of it.
  await time.sleep(50 * time.millisecond);
  console.log(`nobody reads: ${delivered} of ${numJobs} delivered`);

  // One receive sets one worker free, until it has its next result.
  let { value: sum = 0 } = await results.receive();
  await time.sleep(50 * time.millisecond);
  console.log(`one is read: ${delivered} of ${numJobs} delivered`);

  await wg.wait();
  results.close();
  for await (const r of results) {
    sum += r;
  }
  console.log(`all are read: ${delivered} of ${numJobs} delivered, and the sum is ${sum}`);
});

// Try: results with a buffer of 4. What is the largest number of jobs that works then?
