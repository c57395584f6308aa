// A lost error: the send to an unbuffered error channel does not block, and no goroutine receives yet. The error is
// dropped, and the pool returns without an error.

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
  const errc = new Channel<Error>();
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

  // The pool reads the error only now.
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

// Try: send without select and default. Which goroutine waits for which?
