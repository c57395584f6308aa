// A program with types and without a build step.

import { Channel, main } from "goro";
import { Channel as TheirChannel } from "uses-goro";

main(async (): Promise<void> => {
  const ch = new Channel<string>(1);
  await ch.send("hello");
  console.log((await ch.receive()).value, (TheirChannel as unknown) === Channel);
});
