// A timeout around a call: the call is in a case of a select, beside time.after. Select starts when the call has
// returned, so the timeout interrupts nothing and has no effect.

import { Channel, main, receive, type ReceiveChannel, select, send, type SendChannel, time } from "goro";

const timeout = 200 * time.millisecond;

// A job takes 100 ms; job 2 hangs for 600 ms.
async function process(job: number): Promise<number> {
  await time.sleep(job === 2 ? 600 * time.millisecond : 100 * time.millisecond);
  return job * job;
}

// Rounded to 100 ms.
function msSince(start: number): number {
  return Math.round(time.since(start) / 100) * 100;
}

async function worker(jobs: ReceiveChannel<number>, results: SendChannel<number>): Promise<void> {
  for await (const job of jobs) {
    const start = time.now();
    // The value to send is computed first. Select and the timeout start only after that.
    const s = await select({ result: send(results, await process(job)), timeout: receive(time.after(timeout)) });
    switch (s.case) {
      case "result":
        console.log(`job ${job}: done after ${msSince(start)} ms`);
        break;
      case "timeout":
        console.log(`job ${job}: timed out after ${msSince(start)} ms`);
        break;
    }
  }
}

main(async () => {
  const jobs = new Channel<number>(3);
  const results = new Channel<number>(3);
  for (let job = 1; job <= 3; job++) {
    await jobs.send(job);
  }
  jobs.close();

  const start = time.now();
  await worker(jobs, results);
  console.log(`${results.length} results after ${msSince(start)} ms`);
});

// Try: make the timeout the first case. Job 2 may time out then, but after how long?
