// Back pressure: a queue lets the producer run ahead of the workers, by its capacity and no further. Then the producer
// works at their pace, and nothing piles up.

import { Channel, go, main, type ReceiveChannel, time } from "goro";

const numWorkers = 2;
const capacity = 3;
const numJobs = 8;

main(async () => {
  const jobs = new Channel<number>(capacity);
  // How many jobs the producer is rid of, and how many the workers have taken.
  let sent = 0;
  let taken = 0;

  // A job lasts until it is allowed to finish, so that we can watch one step at a time.
  const finish = new Channel<void>();
  async function worker(jobs: ReceiveChannel<number>): Promise<void> {
    for await (const _ of jobs) {
      taken++;
      await finish.receive();
    }
  }
  for (let w = 0; w < numWorkers; w++) {
    go(worker, jobs);
  }

  // The producer would like to be rid of all its jobs at once.
  go(async () => {
    for (let j = 1; j <= numJobs; j++) {
      await jobs.send(j);
      sent++;
    }
    jobs.close();
  });

  // Every worker is busy, and the buffer is full: job 6 must wait. From here on one job has to finish for each that is
  // sent, until the producer has no more.
  for (let finished = 0; finished <= numJobs; finished++) {
    if (finished > 0) {
      await finish.send();
    }
    await time.sleep(40 * time.millisecond);
    console.log(`${finished} finished: ${taken} taken, ${sent} sent, ${sent - taken} ahead`);
  }
});

// Try: a capacity of 0. How far does the producer run ahead?
