// One panicking worker: a panic that is not recovered ends the whole program, with exit code 2, and not only the
// worker. The jobs of the other workers are lost too.

import { Channel, go, main, type ReceiveChannel, type SendChannel, time } from "goro";

const numWorkers = 3;
const numJobs = 6;

interface Result {
  job: number;
  value: number;
}

// Job n takes n times 40 ms. Job 4 panics.
async function process(j: number): Promise<number> {
  await time.sleep(j * 40 * time.millisecond);
  if (j === 4) {
    throw new Error("boom in worker");
  }
  return j * 2;
}

async function worker(jobs: ReceiveChannel<number>, results: SendChannel<Result>): Promise<void> {
  for await (const j of jobs) {
    await results.send({ job: j, value: await process(j) });
  }
}

main(async () => {
  const jobs = new Channel<number>(numJobs);
  const results = new Channel<Result>(numJobs);
  for (let w = 0; w < numWorkers; w++) {
    go(worker, jobs, results);
  }
  for (let j = 1; j <= numJobs; j++) {
    await jobs.send(j);
  }
  jobs.close();

  // When job 4 panics, the other two workers are in the middle of jobs 5 and 6.
  let done = 0;
  for (let i = 0; i < numJobs; i++) {
    const { value: r } = await results.receive();
    console.log(`job ${r?.job}: ${r?.value}`);
    done++;
  }
  console.log(`${done} done`);
});

// Try: catch the error in main. Does it help?
