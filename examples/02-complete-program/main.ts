// The complete program: three numbered workers do ten jobs of one second each, and main collects the results by
// counting them.

import { Channel, go, main, type ReceiveChannel, type SendChannel, time } from "goro";

// Each worker receives jobs until the channel is closed and empty, and sends one result per job.
async function worker(id: number, jobs: ReceiveChannel<number>, results: SendChannel<number>): Promise<void> {
  for await (const j of jobs) {
    console.log(`Worker ${id} started job ${j}`);
    // A sleep simulates the work.
    await time.sleep(time.second);
    console.log(`Worker ${id} finished job ${j}`);
    await results.send(j * 2);
  }
}

main(async () => {
  const numJobs = 10;
  const numWorkers = 3;

  // Both channels have room for all jobs, so no send blocks.
  const jobs = new Channel<number>(numJobs);
  const results = new Channel<number>(numJobs);

  // The workers start first and wait for jobs.
  for (let w = 1; w <= numWorkers; w++) {
    go(worker, w, jobs, results);
  }

  // Then the jobs are sent. After the close, each worker returns once the channel is empty.
  for (let j = 1; j <= numJobs; j++) {
    await jobs.send(j);
  }
  jobs.close();

  // Each job has exactly one result, so the work is complete after numJobs receives. (If a job could fail without
  // sending a result, the last receive would block forever.)
  for (let i = 1; i <= numJobs; i++) {
    const { value } = await results.receive();
    console.log(`Result ${i} received: ${value}`);
  }

  console.log("\n--- All jobs processed. ---");
});

// Try: 10 workers instead of 3. Which lines change, and how long does the program run?
