// Buffer sizes: a send waits only while the buffer is full. So a buffer smooths a burst as long as the burst fits in,
// and without a buffer each send waits for a worker.

import { Channel, main, time, WaitGroup } from "goro";

const round = 50 * time.millisecond;
const numJobs = 5;

// How many sends do not wait while nobody receives? Here a send that would have to wait is given up instead.
function room(capacity: number): number {
  const jobs = new Channel<number>(capacity);
  for (let sent = 0; ; sent++) {
    if (!jobs.trySend(sent)) {
      return sent;
    }
  }
}

// The producer sends a burst of jobs, as fast as it can. A slow worker takes one in each round.
async function burst(capacity: number): Promise<void> {
  const jobs = new Channel<number>(capacity);
  const sent: number[] = [];
  const taken: number[] = [];
  const start = time.now();
  const now = () => Math.round(time.since(start) / round);

  const wg = new WaitGroup();
  wg.go(async () => {
    for (let j = 1; j <= numJobs; j++) {
      await time.sleep(round);
      await jobs.receive();
      taken.push(now());
    }
  });

  for (let j = 1; j <= numJobs; j++) {
    await jobs.send(j);
    sent.push(now());
  }
  await wg.wait();
  console.log(`capacity ${capacity}: sent in rounds [${sent.join(" ")}], taken in rounds [${taken.join(" ")}]`);
}

main(async () => {
  console.log(`capacity 0: ${room(0)} sends do not wait`);
  console.log(`capacity 100: ${room(100)} sends do not wait, the next would`);

  // Without a buffer a send is over when the worker takes the job, and not before.
  await burst(0);

  // A buffer takes the beginning of the burst; for the rest the producer waits, as without one.
  await burst(2);

  // A burst that fits in does not wait at all. The worker is no faster for it, and the jobs that wait take memory.
  await burst(numJobs);
});

// Try: a capacity of 4. In which rounds will the jobs be sent? Say so before you run it.
