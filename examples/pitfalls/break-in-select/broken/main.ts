// Break inside a select: it leaves the switch and not the loop around it, so the loop makes all its turns although the
// context has ended.

import { Channel, context, defer, go, main, receive, select, send } from "goro";

const numItems = 7;

main(async () => {
  const [ctx, cancel] = context.withCancel(context.background());
  using _ = defer(cancel);
  const jobs = new Channel<number>();

  // The only worker gives up after two jobs, and says so.
  go(async () => {
    for (let i = 0; i < 2; i++) {
      await jobs.receive();
    }
    cancel();
  });

  // Submitting is meant to stop when the context ends.
  let late = 0;
  for (let item = 1; item <= numItems; item++) {
    const s = await select({ done: receive(ctx.done()), job: send(jobs, item) });
    switch (s.case) {
      case "done":
        console.log(`item ${item}: the context has ended`);
        late++;
        // This leaves the switch, and the next item is tried.
        break;
      case "job":
        console.log(`item ${item}: submitted`);
        break;
    }
  }
  console.log(`${late} turns after the end`);
});

// Try: write continue instead of the first break. What changes?
