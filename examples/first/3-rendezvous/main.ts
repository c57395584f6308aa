// A channel is a rendezvous: a sender and a receiver meet, and the one that comes first waits for the other.

import { Channel, go, main, type SendChannel, time } from "goro";

async function sender(letters: SendChannel<string>): Promise<void> {
  console.log("sender: sends A and waits for main");
  await letters.send("A");
  await time.sleep(200 * time.millisecond);
  console.log("sender: sends B, for which main waits");
  await letters.send("B");
}

main(async () => {
  const letters = new Channel<string>();
  go(sender, letters);
  await time.sleep(100 * time.millisecond);
  for (let i = 0; i < 2; i++) {
    const { value: letter } = await letters.receive();
    console.log(`main: received ${letter}`);
  }
});
