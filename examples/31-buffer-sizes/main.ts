// Buffer sizes: a send blocks only while the buffer is full. A buffer absorbs a burst that fits into it. Without a
// buffer, each send waits for a worker.

import { Channel, main, time, WaitGroup } from "goro";

const round = 50 * time.millisecond;
const numJobs = 5;

// Counts the sends that do not block without a receiver. It stops at the first send that would block.
function room(capacity: number): number {
  const jobs = new Channel<number>(capacity);
  for (let sent = 0; ; sent++) {
    if (!jobs.trySend(sent)) {
      return sent;
    }
  }
}

// The producer sends a burst of jobs as fast as it can. A slow worker takes one job per round.
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

  // Without a buffer, a send completes when the worker takes the job.
  await burst(0);

  // A buffer absorbs the start of the burst. For the other jobs the producer waits, as without a buffer.
  await burst(2);

  // A burst that fits into the buffer does not block. The worker does not become faster, and the queued jobs occupy
  // memory.
  await burst(numJobs);
});

// Try: a capacity of 4. Predict the rounds in which the jobs are sent, and then run the program.
