// Break inside a select, fixed: the loop has a label, and the break names it, so submitting stops at the first
// iteration that finds the context done.

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

  // Submitting stops when the context is done.
  let late = 0;
  submit: for (let item = 1; item <= numItems; item++) {
    const s = await select({ done: receive(ctx.done()), job: send(jobs, item) });
    switch (s.case) {
      case "done":
        console.log(`item ${item}: the context has ended`);
        late++;
        // This break leaves the loop.
        break submit;
      case "job":
        console.log(`item ${item}: submitted`);
        break;
    }
  }
  console.log(`${late} turn after the end`);
});

// Try: move the loop into a function, and return instead of the break. Is the label still needed?
