// The number of workers changes only how long the work takes. Twelve equal jobs that only wait take as many rounds as
// the busiest worker has jobs.

import { Channel, main, numCPU, time, WaitGroup } from "goro";

const numJobs = 12;
const round = 80 * time.millisecond;

// run starts numWorkers workers, or one per processor if numWorkers is 0. It returns the number of rounds, and whether
// the results equal want.
async function run(numWorkers: number, want: number[]): Promise<[rounds: number, right: boolean]> {
  if (numWorkers === 0) {
    numWorkers = numCPU();
  }
  const jobs = new Channel<number>(numJobs);
  const results = new Channel<number>(numJobs);
  for (let job = 1; job <= numJobs; job++) {
    await jobs.send(job);
  }
  jobs.close();

  const done = new Array<number>(numWorkers).fill(0);
  const wg = new WaitGroup();
  for (let w = 0; w < numWorkers; w++) {
    wg.go(async () => {
      for await (const job of jobs) {
        await time.sleep(round);
        done[w] = (done[w] ?? 0) + 1;
        await results.send(job * job);
      }
    });
  }
  await wg.wait();
  results.close();

  const squares: number[] = [];
  for await (const square of results) {
    squares.push(square);
  }
  squares.sort((a, b) => a - b);
  return [Math.max(...done), squares.join() === want.join()];
}

main(async () => {
  const want: number[] = [];
  for (let job = 1; job <= numJobs; job++) {
    want.push(job * job);
  }

  // All runs start at once. The run that finishes first prints first. A thirteenth worker would be idle.
  const wg = new WaitGroup();
  for (const numWorkers of [1, 2, 3, 4, 12]) {
    wg.go(async () => {
      const [rounds, right] = await run(numWorkers, want);
      console.log(`workers: ${numWorkers}, rounds: ${rounds}, all results: ${right}`);
    });
  }
  await wg.wait();

  // One worker per processor suits jobs that compute, if goroutines run in parallel, as in Go (in goro all goroutines
  // share one thread). Jobs that wait allow more workers: as many as the service they wait for can handle at once.
  const [rounds, right] = await run(0, want);
  const expected = Math.ceil(numJobs / numCPU());
  console.log(`workers: one for each processor, rounds as expected: ${rounds === expected}, all results: ${right}`);
});

// Try: 6 and 7 workers. How many rounds does the seventh worker save?
