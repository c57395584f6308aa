// Sending after close: a closed channel takes no more values, and a send on it is a panic that ends the program. Here
// one more job comes after what was said to be the last.

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
  jobs.close();
  console.log("3 jobs sent, and the channel closed");

  // There is room in the buffer; it does not matter.
  await jobs.send(4);

  await wg.wait();
  console.log(`${done} jobs done`);
});

// Try: close the channel twice instead. What does the panic say then?
