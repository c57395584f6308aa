// Break inside a select: it leaves the switch, not the loop around it, so the loop runs all of its iterations although
// the context is done.

import { Channel, context, defer, go, main, receive, select, send } from "goro";

const numItems = 7;

main(async () => {
  const [ctx, cancel] = context.withCancel(context.background());
  using _ = defer(cancel);
  const jobs = new Channel<number>();

  // The only worker returns after two jobs and cancels the context.
  go(async () => {
    for (let i = 0; i < 2; i++) {
      await jobs.receive();
    }
    cancel();
  });

  // Submitting should stop when the context is done.
  let late = 0;
  for (let item = 1; item <= numItems; item++) {
    const s = await select({ done: receive(ctx.done()), job: send(jobs, item) });
    switch (s.case) {
      case "done":
        console.log(`item ${item}: the context has ended`);
        late++;
        // This break leaves the switch, and the loop continues with the next item.
        break;
      case "job":
        console.log(`item ${item}: submitted`);
        break;
    }
  }
  console.log(`${late} turns after the end`);
});

// Try: write continue instead of the first break. What changes?
