// Results without a reader, fixed: a separate goroutine waits for the workers and closes the results, so main is free
// to read them.

import { Channel, go, main, time, WaitGroup } from "goro";

const numJobs = 6;

main(async () => {
  const jobs = new Channel<number>(numJobs);
  const results = new Channel<number>();
  for (let n = 1; n <= numJobs; n++) {
    await jobs.send(n);
  }
  jobs.close();

  // The workers share the counter. Only one goroutine runs between two awaits, so a plain number is enough.
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

  // Each worker holds a result that it cannot send.
  await time.sleep(50 * time.millisecond);
  console.log(`no reader: ${delivered} of ${numJobs} delivered`);

  // One receive unblocks one worker, until its next result.
  let { value: sum = 0 } = await results.receive();
  await time.sleep(50 * time.millisecond);
  console.log(`one result read: ${delivered} of ${numJobs} delivered`);

  go(async () => {
    await wg.wait();
    results.close();
  });
  for await (const r of results) {
    sum += r;
  }
  console.log(`all results read: ${delivered} of ${numJobs} delivered, and the sum is ${sum}`);
});

// Try: remove the close. All results are read, but which goroutine still waits, and for what?
