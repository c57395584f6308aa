// Close and range: closing a channel says that no more values follow. A loop over the channel then ends.

import { Channel, go, main, type SendChannel, time } from "goro";

async function countDown(numbers: SendChannel<number>): Promise<void> {
  for (let n = 3; n >= 1; n--) {
    await numbers.send(n);
    await time.sleep(100 * time.millisecond);
  }
  numbers.close();
}

main(async () => {
  const numbers = new Channel<number>();
  go(countDown, numbers);
  for await (const n of numbers) {
    console.log(n);
  }
  console.log("closed: lift-off");
});
