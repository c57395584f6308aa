// Results arrive in the order of completion, not in the order of submission. If each job carries its index, its result
// can be put back in order.

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

// Three workers append to completed. Only one goroutine runs between two awaits, so it needs no lock.
const completed: string[] = [];

async function worker(jobs: ReceiveChannel<Job>, results: SendChannel<Result>): Promise<void> {
  for await (const j of jobs) {
    // The workers sleep one unit at a time, in step, so a slow machine delays all of them equally.
    for (let i = 0; i < j.units; i++) {
      await time.sleep(unit);
    }
    completed.push(j.name);
    await results.send({ index: j.index, name: j.name });
  }
}

main(async () => {
  // The first job takes longest, and each job takes less time than the one before.
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

  // A result can arrive before the results of earlier jobs, so restored has a slot for each job from the start.
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

// Try: one worker. In which order do the results arrive now?
