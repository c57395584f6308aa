// Results come in the order in which the jobs are completed, not in the order in which they were submitted. A job that
// carries its place lets us put its result back there.

import { Channel, go, main, type ReceiveChannel, type SendChannel, time, WaitGroup } from "goro";

const unit = 80 * time.millisecond;

interface Job {
  index: number;
  name: string;
  units: number;
}

interface Result {
  index: number;
  name: string;
}

// Three workers write down who is done. Between two awaits each is alone, so nobody locks.
const completed: string[] = [];

async function worker(jobs: ReceiveChannel<Job>, results: SendChannel<Result>): Promise<void> {
  for await (const j of jobs) {
    // All work unit by unit, in step: if the machine is slow, it is so for all of them alike.
    for (let i = 0; i < j.units; i++) {
      await time.sleep(unit);
    }
    completed.push(j.name);
    await results.send({ index: j.index, name: j.name });
  }
}

main(async () => {
  // The first job takes longest, and each takes less than the one before.
  const names = ["a", "b", "c", "d", "e", "f"];
  const units = [13, 8, 6, 5, 4, 3];
  const jobs = new Channel<Job>(names.length);
  const results = new Channel<Result>();
  for (const [i, name] of names.entries()) {
    await jobs.send({ index: i, name, units: units[i] ?? 0 });
  }
  jobs.close();

  const wg = new WaitGroup();
  for (let w = 0; w < 3; w++) {
    wg.go(worker, jobs, results);
  }
  go(async () => {
    await wg.wait();
    results.close();
  });

  // A result may come when those before it are still missing, so the places are there from the beginning.
  const received: string[] = [];
  const restored = new Array<string>(names.length).fill("");
  for await (const r of results) {
    received.push(r.name);
    restored[r.index] = r.name;
  }

  console.log(`submitted: ${names.join(" ")}`);
  console.log(`completed: ${completed.join(" ")}`);
  console.log(`received:  ${received.join(" ")}`);
  console.log(`restored:  ${restored.join(" ")}`);
});

// Try: one worker. In which order do the results come now?
