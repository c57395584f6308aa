// A worker that receives jobs until a channel is closed: a select in a loop, which waits for two channels.

import { Channel, main, receive, select, time, WaitGroup } from "goro";

const jobs = new Channel<number>();
const quit = new Channel<never>();

async function worker(): Promise<void> {
  for (;;) {
    const s = await select({ job: receive(jobs), quit: receive(quit) });
    if (s.case === "quit") return;
    console.log(`did ${s.value ?? "nothing"}`);
  }
}

main(async () => {
  const wg = new WaitGroup();
  wg.go(worker);
  for (let job = 1; job <= 3; job++) {
    await time.sleep(10 * time.millisecond);
    await jobs.send(job);
  }
  quit.close();
  await wg.wait();
});
