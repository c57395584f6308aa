// Back-pressure: a queue lets the producer run ahead of the workers by at most its capacity. After that, the producer
// runs at the pace of the workers, and the queue does not grow.

import { Channel, go, main, type ReceiveChannel, time } from "goro";

const numWorkers = 2;
const capacity = 3;
const numJobs = 8;

main(async () => {
  const jobs = new Channel<number>(capacity);
  // The number of jobs that the producer has sent, and the number that the workers have taken.
  let sent = 0;
  let taken = 0;

  // A job lasts until main lets it finish, so that each step can be observed.
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

  // The producer sends all of its jobs as fast as it can.
  go(async () => {
    for (let j = 1; j <= numJobs; j++) {
      await jobs.send(j);
      sent++;
    }
    jobs.close();
  });

  // Every worker is busy and the buffer is full, so job 6 waits. From here on, each send waits until one job has
  // finished, until all jobs are sent.
  for (let finished = 0; finished <= numJobs; finished++) {
    if (finished > 0) {
      await finish.send();
    }
    await time.sleep(40 * time.millisecond);
    console.log(`${finished} finished: ${taken} taken, ${sent} sent, ${sent - taken} ahead`);
  }
});

// Try: a capacity of 0. How far does the producer run ahead?
