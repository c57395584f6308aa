// Break inside a select, mended: the loop has a label, and the break names it, so that submitting stops at the first
// turn that finds the context ended.

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

  // Submitting stops when the context ends.
  let late = 0;
  submit: for (let item = 1; item <= numItems; item++) {
    const s = await select({ done: receive(ctx.done()), job: send(jobs, item) });
    switch (s.case) {
      case "done":
        console.log(`item ${item}: the context has ended`);
        late++;
        // This leaves the loop.
        break submit;
      case "job":
        console.log(`item ${item}: submitted`);
        break;
    }
  }
  console.log(`${late} turn after the end`);
});

// Try: put the loop into a function of its own, and return where the break is. Is the label still needed?
