// Pipeline: stages that are connected by channels. gen sends numbers, sq squares them, and merge joins the outputs of
// two sq stages. Each send also waits for done, so no goroutine leaks if the last reader stops early. With goro/pipeline,
// the whole program is a loop over map(gen, sq, { concurrency: 2 }), which ends all stages when it is left.

import { Channel, main, receive, type ReceiveChannel, select, send, WaitGroup } from "goro";

// Counts the stages that have ended.
const ended = new WaitGroup();

// gen sends the numbers, until done is closed.
function gen(done: ReceiveChannel<never>, ...nums: number[]): ReceiveChannel<number> {
  const out = new Channel<number>();
  ended.go(async () => {
    for (const n of nums) {
      const s = await select({ out: send(out, n), done: receive(done) });
      if (s.case === "done") {
        break;
      }
    }
    out.close();
  });
  return out;
}

// sq sends the squares of the numbers from in. Several sq stages may read from the same channel: fan-out.
function sq(done: ReceiveChannel<never>, input: ReceiveChannel<number>): ReceiveChannel<number> {
  const out = new Channel<number>();
  ended.go(async () => {
    for await (const n of input) {
      const s = await select({ out: send(out, n * n), done: receive(done) });
      if (s.case === "done") {
        break;
      }
    }
    out.close();
  });
  return out;
}

// merge sends the values of all channels: fan-in. One goroutine for each channel copies its values, and one more closes
// the output after them.
function merge(done: ReceiveChannel<never>, ...cs: ReceiveChannel<number>[]): ReceiveChannel<number> {
  const wg = new WaitGroup();
  const out = new Channel<number>();
  for (const c of cs) {
    wg.go(async () => {
      for await (const n of c) {
        const s = await select({ out: send(out, n), done: receive(done) });
        if (s.case === "done") {
          return;
        }
      }
    });
  }
  ended.go(async () => {
    await wg.wait();
    out.close();
  });
  return out;
}

main(async () => {
  // All values: the order of the squares depends on the goroutines, their sum does not.
  let done = new Channel<never>();
  let input = gen(done, 1, 2, 3, 4, 5);
  let sum = 0;
  for await (const n of merge(done, sq(done, input), sq(done, input))) {
    sum += n;
  }
  console.log(`sum of all squares: ${sum}`);
  done.close();
  await ended.wait();

  // Two values: the reader stops, and closing done ends the stages that still have values to send.
  done = new Channel<never>();
  input = gen(done, 3, 3, 3, 3, 3);
  const out = merge(done, sq(done, input), sq(done, input));
  console.log(`first: ${(await out.receive()).value}`);
  console.log(`second: ${(await out.receive()).value}`);
  done.close();
  await ended.wait();
  console.log("all stages have ended");
});

// Try: leave out the second close of done. What does the program report?
