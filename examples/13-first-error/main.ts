// A slot for the first error: a channel with capacity 1, and a send that never blocks. The slot keeps the first error,
// and a worker with a later error does not wait.

import { Channel, main, receive, type ReceiveChannel, select, send, type SendChannel, time, WaitGroup } from "goro";

// Returns whether the error was the first one. Without the default case, the second job that fails would block.
async function report(errs: SendChannel<Error>, err: Error): Promise<boolean> {
  const s = await select({ kept: send(errs, err), default: true });
  switch (s.case) {
    case "kept":
      return true;
    case "default":
      return false;
  }
}

// Reads the slot, which may be empty, so this select must not block either.
async function first(errs: ReceiveChannel<Error>): Promise<Error | undefined> {
  const s = await select({ err: receive(errs), default: true });
  switch (s.case) {
    case "err":
      return s.value;
    case "default":
      return undefined;
  }
}

// Runs five jobs at once and returns the first error, if any.
async function run(broken: boolean): Promise<Error | undefined> {
  const errs = new Channel<Error>(1);
  const wg = new WaitGroup();
  for (const [i, turn] of [3, 1, 5, 2, 4].entries()) {
    wg.go(async () => {
      await time.sleep(turn * 30 * time.millisecond);
      if (!broken) {
        return;
      }
      const kept = await report(errs, new Error(`job ${i + 1} is broken`));
      console.log(`job ${i + 1} failed, kept: ${kept}`);
    });
  }

  // The errors are not read during this wait, but all five jobs return.
  await wg.wait();
  console.log(`all jobs have ended, errors in the slot: ${errs.length}`);
  return first(errs);
}

main(async () => {
  let err = await run(true);
  console.log(`first error: ${err?.message}\n`);

  err = await run(false);
  console.log(`is there an error? ${err !== undefined}`);
});

// Try: make the channel unbuffered. Which error is kept then?
