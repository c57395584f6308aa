// No receiver: a send waits until another goroutine receives. When every goroutine waits, the program cannot continue,
// and it ends with a report.

import { Channel, main } from "goro";

main(async () => {
  const letters = new Channel<string>();
  console.log("main: sends a letter");

  // The report says where main waits: chan send.
  await letters.send("hello");
  console.log("main: the letter is sent");
});
