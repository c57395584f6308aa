// The length as the load: the length of a channel counts the values in its buffer, not the blocked senders. The length
// of an unbuffered channel is always 0.

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

  // Seven submitters, with one job each.
  const start = time.now();
  const submitters = new WaitGroup();
  for (let j = 1; j <= 7; j++) {
    submitters.go(async () => {
      await jobs.send(j);
    });
  }

  // Now two jobs are running, and five submitters are blocked.
  await time.sleep(round / 2);
  console.log(`load: ${jobs.length}`);

  // The elapsed time shows the load that the length does not show.
  await submitters.wait();
  jobs.close();
  await workers.wait();
  console.log(`all done after ${Math.round(time.since(start) / round)} rounds`);
});

// Try: a queue with room for 3. Which number is printed, and is it the load?
