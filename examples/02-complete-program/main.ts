// The complete program: three workers with numbers, ten jobs of a second each, and results that are collected by counting
// them.

import { Channel, go, main, type ReceiveChannel, type SendChannel, time } from "goro";

// Each worker receives jobs until there are no more, and sends a result for each.
async function worker(id: number, jobs: ReceiveChannel<number>, results: SendChannel<number>): Promise<void> {
  for await (const j of jobs) {
    console.log(`Worker ${id} started job ${j}`);
    // The work is simulated by sleeping.
    await time.sleep(time.second);
    console.log(`Worker ${id} finished job ${j}`);
    await results.send(j * 2);
  }
}

main(async () => {
  const numJobs = 10;
  const numWorkers = 3;

  // Both channels have room for all jobs, so nobody here ever waits to send.
  const jobs = new Channel<number>(numJobs);
  const results = new Channel<number>(numJobs);

  // The workers start first, and wait.
  for (let w = 1; w <= numWorkers; w++) {
    go(worker, w, jobs, results);
  }

  // Then the jobs are handed out. Closing the channel tells the workers to end when it is empty.
  for (let j = 1; j <= numJobs; j++) {
    await jobs.send(j);
  }
  jobs.close();

  // Each job has exactly one result, so that many receives are the end of the work. (A job that could fail and send
  // nothing would leave us waiting here for ever.)
  for (let i = 1; i <= numJobs; i++) {
    const { value } = await results.receive();
    console.log(`Result ${i} received: ${value}`);
  }

  console.log("\n--- All jobs processed. ---");
});

// Try: 10 workers instead of 3. Which lines change, and what does the clock say?
