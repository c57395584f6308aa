// A context goes down the chain of calls as the first parameter, and needs no stop channel beside it. When its owner cancels
// it, the deepest call knows at once, and knows why.

import { type Context, context, defer, main, receive, select, time } from "goro";

const errGone = new Error("the reader has gone");

// The deepest of the calls would take a second. It waits for the end of its context as well.
async function query(ctx: Context, name: string): Promise<Error | undefined> {
  console.log(`query ${name}: begins`);
  const s = await select({ answer: receive(time.after(time.second)), done: receive(ctx.done()) });
  switch (s.case) {
    case "answer":
      console.log(`query ${name}: answered`);
      return undefined;
    case "done":
      console.log(`query ${name}: ${ctx.err()?.message}, because ${context.cause(ctx)?.message}`);
      return ctx.err();
  }
}

// A call in between may set a limit of its own. What ends the context above ends this one too, with the same cause.
async function section(parent: Context, name: string): Promise<Error | undefined> {
  const [ctx, cancel] = context.withTimeout(parent, time.minute);
  using _ = defer(cancel);
  const err = await query(ctx, name);
  console.log(`section ${name}: returns`);
  return err;
}

// The first error ends the report: there is no second section.
async function report(ctx: Context): Promise<Error | undefined> {
  for (const name of ["sales", "stock"]) {
    const err = await section(ctx, name);
    if (err) {
      console.log("report: returns");
      return err;
    }
  }
  return undefined;
}

main(async () => {
  const [ctx, cancel] = context.withCancelCause(context.background());
  using _ = defer(cancel);
  const start = time.now();
  time.afterFunc(100 * time.millisecond, () => cancel(errGone));

  const err = await report(ctx);

  // The error says that the work was cancelled; the cause is the very error that cancel was given.
  console.log(`is it Canceled: ${err instanceof context.Canceled}`);
  console.log(`is the cause errGone: ${context.cause(ctx) === errGone}`);
  const took = Math.round(time.since(start) / 100) * 100;
  console.log(`it took ${took} ms, and a query takes 1000`);
});

// Try: let section derive its context from context.background(). How much of the report is made then?
