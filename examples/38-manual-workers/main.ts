// Manual workers over a queue, and two ways to end them: one end marker per worker, as for a queue that cannot be
// closed, or one close for all.

import { Channel, main, type ReceiveChannel, WaitGroup } from "goro";

const numWorkers = 3;
const numJobs = 9;

// An item of the queue is a job or, in the first form, an end marker. The marker is not a number, because every number
// could be a job.
type Item = { job: number; end: false } | { end: true };

// A marker ends only the worker that takes it, so the queue needs as many markers as workers.
async function withMarkers(): Promise<[results: number[], ends: number]> {
  const queue = new Channel<Item>(numJobs);
  const results = new Channel<number>(numJobs);
  const ends = new Channel<boolean>(numWorkers);

  const wg = new WaitGroup();
  for (let w = 0; w < numWorkers; w++) {
    wg.go(async () => {
      // The queue is not closed, so the loop would never end by itself.
      for await (const it of queue) {
        if (it.end) {
          await ends.send(true);
          return;
        }
        await results.send(it.job * 2);
      }
    });
  }

  for (let j = 1; j <= numJobs; j++) {
    await queue.send({ job: j, end: false });
  }
  // The queue is first in, first out: the markers come after all jobs.
  for (let w = 0; w < numWorkers; w++) {
    await queue.send({ end: true });
  }
  await wg.wait();
  results.close();
  return [await collectSorted(results), ends.length];
}

// One close ends all workers, however many there are.
async function withClose(): Promise<number[]> {
  const queue = new Channel<number>(numJobs);
  const results = new Channel<number>(numJobs);

  const wg = new WaitGroup();
  for (let w = 0; w < numWorkers; w++) {
    wg.go(async () => {
      for await (const j of queue) {
        await results.send(j * 2);
      }
    });
  }

  for (let j = 1; j <= numJobs; j++) {
    await queue.send(j);
  }
  queue.close();
  await wg.wait();
  results.close();
  return collectSorted(results);
}

async function collectSorted(results: ReceiveChannel<number>): Promise<number[]> {
  const collected: number[] = [];
  for await (const r of results) {
    collected.push(r);
  }
  return collected.sort((a, b) => a - b);
}

main(async () => {
  const [results, ends] = await withMarkers();
  console.log(`with ${ends} end markers: [${results.join(" ")}]`);
  console.log(`with close: [${(await withClose()).join(" ")}]`);
});

// Try: one marker fewer, then one more. Which of the two is detected?
