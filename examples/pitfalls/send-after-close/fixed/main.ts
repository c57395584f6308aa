// Sending after close, fixed: the late job is sent before the close. Only the sender can determine which job is the
// last, so the sender closes the channel and sends nothing after that.

import { Channel, main, WaitGroup } from "goro";

main(async () => {
  const jobs = new Channel<number>(5);

  // The workers share the counter. Only one goroutine runs between two awaits, so a plain number is enough.
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

// Try: send the late job from a separate goroutine. Is it in time?
