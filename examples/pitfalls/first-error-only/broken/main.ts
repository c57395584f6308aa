// The first error only: the pool keeps one error, and the run returns nothing else. The second error is lost, and so
// are all the good results.

import { Channel, main, receive, type ReceiveChannel, select, send, type SendChannel, time, WaitGroup } from "goro";

// Items 3 and 5 are broken.
async function process(item: number): Promise<number> {
  await time.sleep(50 * time.millisecond);
  if (item === 3 || item === 5) {
    throw new Error(`item ${item} is broken`);
  }
  return item * item;
}

async function pool(jobs: ReceiveChannel<number>, results: SendChannel<number>): Promise<Error | undefined> {
  const wg = new WaitGroup();
  const errc = new Channel<Error>(1);
  for (let w = 0; w < 4; w++) {
    wg.go(async () => {
      for await (const item of jobs) {
        let square: number;
        try {
          square = await process(item);
        } catch (err) {
          // The channel has room for one error. Later errors are dropped.
          await select({ err: send(errc, err as Error), default: true });
          return;
        }
        await results.send(square);
      }
    });
  }
  await wg.wait();
  results.close();

  const s = await select({ err: receive(errc), default: true });
  switch (s.case) {
    case "err":
      return s.value;
    case "default":
      return undefined;
  }
}

async function run(items: number[]): Promise<[squares: number[], err: Error | undefined]> {
  const jobs = new Channel<number>(items.length);
  const results = new Channel<number>(items.length);
  for (const item of items) {
    await jobs.send(item);
  }
  jobs.close();

  const err = await pool(jobs, results);
  if (err) {
    return [[], err];
  }
  const squares: number[] = [];
  for await (const result of results) {
    squares.push(result);
  }
  return [squares, undefined];
}

main(async () => {
  const [squares, err] = await run([1, 2, 3, 4, 5, 6, 7, 8]);
  squares.sort((a, b) => a - b);
  console.log(`squares: [${squares.join(" ")}]`);
  if (err) {
    console.log(err.message);
  }
});

// Try: let all items from 3 on fail. How many of the errors does the caller see?
