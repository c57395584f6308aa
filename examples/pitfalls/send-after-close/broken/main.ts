// Sending after close: a closed channel accepts no more values, and a send on it panics, which ends the program. Here
// one more job is sent after the close.

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
  jobs.close();
  console.log("3 jobs sent, and the channel closed");

  // The buffer has room, but that does not matter.
  await jobs.send(4);

  await wg.wait();
  console.log(`${done} jobs done`);
});

// Try: close the channel twice instead. What is the message of the panic then?
