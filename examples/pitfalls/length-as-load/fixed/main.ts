// The length as the load, fixed: two counters in addition to the channel, one of blocked submitters and one of running
// jobs. Together with the length they are the load, whatever the buffer.

import { Channel, main, time, WaitGroup } from "goro";

const round = 100 * time.millisecond;

main(async () => {
  const jobs = new Channel<number>();
  let waiting = 0;
  let inFlight = 0;

  // Two workers; a job takes one round.
  const workers = new WaitGroup();
  for (let w = 0; w < 2; w++) {
    workers.go(async () => {
      for await (const _ of jobs) {
        inFlight++;
        await time.sleep(round);
        inFlight--;
      }
    });
  }

  // Seven submitters, with one job each.
  const start = time.now();
  const submitters = new WaitGroup();
  for (let j = 1; j <= 7; j++) {
    submitters.go(async () => {
      waiting++;
      await jobs.send(j);
      waiting--;
    });
  }

  // Now two jobs are running, and five submitters are blocked.
  await time.sleep(round / 2);
  console.log(`load: ${waiting} waiting, ${jobs.length} in the queue, ${inFlight} in flight`);

  // Seven jobs take two workers four rounds.
  await submitters.wait();
  jobs.close();
  await workers.wait();
  console.log(`all done after ${Math.round(time.since(start) / round)} rounds`);
});

// Try: a queue with room for 3. Which of the three numbers change, and does their sum change?
