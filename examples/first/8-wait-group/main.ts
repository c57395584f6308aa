// A WaitGroup counts goroutines, and a wait for it ends when the last of them has returned. No sleep has to be guessed.

import { main, time, WaitGroup } from "goro";

main(async () => {
  const wg = new WaitGroup();
  for (let worker = 1; worker <= 3; worker++) {
    wg.go(async () => {
      await time.sleep(100 * time.millisecond);
      console.log(`worker ${worker} is done`);
    });
  }

  // The workers run at the same time, so their order is not determined.
  await wg.wait();
  console.log("main: all workers are done");
});
