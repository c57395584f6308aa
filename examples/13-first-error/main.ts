// A slot for the first error: a channel with room for one value, and a send that never waits. Of all who fail the first is
// heard, and nobody is held up.

import { Channel, main, receive, type ReceiveChannel, select, send, type SendChannel, time, WaitGroup } from "goro";

// Says whether the error was the first. Without the default, whoever fails second would wait for a reader.
async function report(errs: SendChannel<Error>, err: Error): Promise<boolean> {
  const s = await select({ kept: send(errs, err), default: true });
  switch (s.case) {
    case "kept":
      return true;
    case "default":
      return false;
  }
}

// Looks into the slot, which may be empty: that must not wait either.
async function first(errs: ReceiveChannel<Error>): Promise<Error | undefined> {
  const s = await select({ err: receive(errs), default: true });
  switch (s.case) {
    case "err":
      return s.value;
    case "default":
      return undefined;
  }
}

// Runs five jobs at once and gives the first error, if there is one.
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

  // Nobody reads the errors while we wait here, and yet all five jobs end.
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

// Try: make the channel without room. Which error is kept then?
