// The number of workers changes how long the work takes, and nothing else. Twelve equal jobs, which only wait, take as
// many rounds as the busiest worker has jobs.

import { Channel, main, numCPU, time, WaitGroup } from "goro";

const numJobs = 12;
const round = 80 * time.millisecond;

// run starts so many workers, or one for each processor if it is given 0. It answers how many rounds they took, and whether
// the results are those that we want.
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

  // All run at once, and whichever is done first prints first. A thirteenth worker would have nothing to do.
  const wg = new WaitGroup();
  for (const numWorkers of [1, 2, 3, 4, 12]) {
    wg.go(async () => {
      const [rounds, right] = await run(numWorkers, want);
      console.log(`workers: ${numWorkers}, rounds: ${rounds}, all results: ${right}`);
    });
  }
  await wg.wait();

  // One worker for each processor is right for jobs that compute, if goroutines run on all processors, as they do in Go
  // (here they share one thread). Jobs that wait bear more workers: as many as whatever they wait for can serve at once.
  const [rounds, right] = await run(0, want);
  const expected = Math.ceil(numJobs / numCPU());
  console.log(`workers: one for each processor, rounds as expected: ${rounds === expected}, all results: ${right}`);
});

// Try: 6 and 7 workers. What does the seventh gain?
