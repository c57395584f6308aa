// Main does not wait: when main returns, the program ends, and with it every goroutine that is still running.

import { go, main, time } from "goro";

async function download(): Promise<void> {
  for (let part = 1; part <= 5; part++) {
    await time.sleep(200 * time.millisecond);
    console.log(`part ${part} of 5`);
  }
}

main(async () => {
  go(download);

  // Five parts take 1000 ms, and main sleeps for only half of that time.
  await time.sleep(500 * time.millisecond);
  console.log("main returns");
});
