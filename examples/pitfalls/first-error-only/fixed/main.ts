// The first error only, fixed: the channel has room for the error of each item, a worker continues after an error, and
// the run returns all errors together with the good results. The caller decides what to do with them.

import { Channel, main, type ReceiveChannel, type SendChannel, time, WaitGroup } from "goro";

// Items 3 and 5 are broken.
async function process(item: number): Promise<number> {
  await time.sleep(50 * time.millisecond);
  if (item === 3 || item === 5) {
    throw new Error(`item ${item} is broken`);
  }
  return item * item;
}

async function pool(
  jobs: ReceiveChannel<number>,
  results: SendChannel<number>,
  errc: SendChannel<Error>,
): Promise<void> {
  const wg = new WaitGroup();
  for (let w = 0; w < 4; w++) {
    wg.go(async () => {
      for await (const item of jobs) {
        let square: number;
        try {
          square = await process(item);
        } catch (err) {
          await errc.send(err as Error);
          continue;
        }
        await results.send(square);
      }
    });
  }
  await wg.wait();
  results.close();
  errc.close();
}

async function run(items: number[]): Promise<[squares: number[], err: Error | undefined]> {
  const jobs = new Channel<number>(items.length);
  const results = new Channel<number>(items.length);
  const errc = new Channel<Error>(items.length);
  for (const item of items) {
    await jobs.send(item);
  }
  jobs.close();

  await pool(jobs, results, errc);
  const squares: number[] = [];
  for await (const result of results) {
    squares.push(result);
  }
  const errs: Error[] = [];
  for await (const err of errc) {
    errs.push(err);
  }
  return [squares, join(errs)];
}

// Several errors become one, with a line for each. Without errors the result is undefined.
function join(errs: Error[]): Error | undefined {
  if (errs.length === 0) {
    return undefined;
  }
  return new AggregateError(errs, errs.map((err) => err.message).join("\n"));
}

main(async () => {
  const [squares, err] = await run([1, 2, 3, 4, 5, 6, 7, 8]);
  squares.sort((a, b) => a - b);
  console.log(`squares: [${squares.join(" ")}]`);
  if (err) {
    console.log(err.message);
  }
});

// Try: let every item fail. Does the pool still end?
