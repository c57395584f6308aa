// A lost error, fixed: the error channel has room for one error, which keeps the first error until the pool reads it.
// Later errors find no room and are dropped on purpose.

import { Channel, main, receive, type ReceiveChannel, select, send, WaitGroup } from "goro";

function process(job: number): Error | undefined {
  if (job === 2) {
    console.log("job 2 fails");
    return new Error("job 2 is broken");
  }
  return undefined;
}

async function pool(jobs: ReceiveChannel<number>): Promise<Error | undefined> {
  const wg = new WaitGroup();
  const errc = new Channel<Error>(1);
  for (let w = 0; w < 3; w++) {
    wg.go(async () => {
      for await (const job of jobs) {
        const err = process(job);
        if (err) {
          // Only the first error counts: a worker with a later error must not block here.
          await select({ err: send(errc, err), default: true });
          return;
        }
      }
    });
  }
  await wg.wait();

  // The channel has kept the error.
  const s = await select({ err: receive(errc), default: true });
  switch (s.case) {
    case "err":
      return s.value;
    case "default":
      return undefined;
  }
}

main(async () => {
  const jobs = new Channel<number>(3);
  for (let job = 1; job <= 3; job++) {
    await jobs.send(job);
  }
  jobs.close();

  const err = await pool(jobs);
  if (err) {
    console.log(`the pool returns: ${err.message}`);
  } else {
    console.log("the pool returns: no error");
  }
});

// Try: let all three jobs fail. How many errors does the caller see?
