// A buffer: the channel has room for two values, so a send waits only while the buffer is full.

import { Channel, go, main, type SendChannel, time } from "goro";

async function cook(tray: SendChannel<number>): Promise<void> {
  for (let plate = 1; plate <= 3; plate++) {
    await tray.send(plate);
    console.log(`cook: plate ${plate} is on the tray`);
  }
}

main(async () => {
  const tray = new Channel<number>(2);
  go(cook, tray);
  for (let i = 0; i < 3; i++) {
    await time.sleep(100 * time.millisecond);
    console.log(`main: takes one of ${tray.length} plates`);
    await tray.receive();
  }
});
