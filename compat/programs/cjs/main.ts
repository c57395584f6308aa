// A CommonJS project, run by tsx: imports become require.

import { Channel, main } from "goro";
import { Channel as TheirChannel } from "uses-goro";

main(async () => {
  const ch = new Channel<string>(1);
  await ch.send("hello");
  console.log((await ch.receive()).value, (TheirChannel as unknown) === Channel);
});
