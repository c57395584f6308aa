// The length as the load: the length of a channel counts what is in its buffer, and never the senders that wait. On a
// queue without a buffer it is 0, however many wait.

import { Channel, main, time, WaitGroup } from "goro";

const round = 100 * time.millisecond;

main(async () => {
  const jobs = new Channel<number>();

  // Two workers; a job takes one round.
  const workers = new WaitGroup();
  for (let w = 0; w < 2; w++) {
    workers.go(async () => {
      for await (const _ of jobs) {
        await time.sleep(round);
      }
    });
  }

  // Seven submitters, with a job each.
  const start = time.now();
  const submitters = new WaitGroup();
  for (let j = 1; j <= 7; j++) {
    submitters.go(async () => {
      await jobs.send(j);
    });
  }

  // Now two jobs are being done, and five submitters wait.
  await time.sleep(round / 2);
  console.log(`load: ${jobs.length}`);

  // The time that it takes tells what the length has not told.
  await submitters.wait();
  jobs.close();
  await workers.wait();
  console.log(`all done after ${Math.round(time.since(start) / round)} rounds`);
});

// Try: a queue with room for 3. Which number do you see, and is it the load?
