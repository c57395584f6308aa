// Select and a timeout: select waits for several channels at once and takes the case that is ready first.

import { Channel, go, main, receive, select, type SendChannel, time } from "goro";

async function server(replies: SendChannel<string>): Promise<void> {
  await time.sleep(100 * time.millisecond);
  await replies.send("fast");
  await time.sleep(300 * time.millisecond);
  await replies.send("slow");
}

main(async () => {
  const replies = new Channel<string>();
  go(server, replies);
  for (let i = 0; i < 2; i++) {
    const s = await select({ reply: receive(replies), timeout: receive(time.after(200 * time.millisecond)) });
    switch (s.case) {
      case "reply":
        console.log(`reply: ${s.value}`);
        break;
      case "timeout":
        console.log("no reply in time");
    }
  }
});
