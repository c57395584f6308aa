// Two goroutines acquire two locks in opposite orders. Each lock is a channel of capacity 1: the goroutine whose value is in it holds it.

import { Channel, main, WaitGroup } from "goro";

const left = new Channel<string>(1);
const right = new Channel<string>(1);

async function eve(): Promise<void> {
  await left.send("eve");
  await right.send("eve");
  await right.receive();
  await left.receive();
}

async function bob(): Promise<void> {
  await right.send("bob");
  await left.send("bob");
  await left.receive();
  await right.receive();
}

main(async () => {
  const wg = new WaitGroup();
  wg.go(eve);
  wg.go(bob);
  await wg.wait();
});
