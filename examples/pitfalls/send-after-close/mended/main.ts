// Sending after close, mended: the late job is sent before the close. Whoever sends knows which job is the last, so
// whoever sends also closes, and nothing comes after that.

import { Channel, main, WaitGroup } from "goro";

main(async () => {
  const jobs = new Channel<number>(5);

  // The workers count together; a plain number will do, for between two awaits a goroutine is alone.
  let done = 0;
  const wg = new WaitGroup();
  for (let w = 0; w < 3; w++) {
    wg.go(async () => {
      for await (const _ of jobs) {
        done++;
      }
    });
  }

  for (let j = 1; j <= 3; j++) {
    await jobs.send(j);
  }
  await jobs.send(4);
  jobs.close();
  console.log("4 jobs sent, and the channel closed");

  await wg.wait();
  console.log(`${done} jobs done`);
});

// Try: send the late job from a goroutine of its own. Is it in time?
