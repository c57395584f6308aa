// A context is passed down the call chain as the first parameter and replaces a separate stop channel. When it is
// canceled, the innermost call returns at once and can read the cause.

import { type Context, context, defer, main, receive, select, time } from "goro";

const errGone = new Error("the reader has gone");

// The innermost call would take one second. It also waits for the context.
async function query(ctx: Context, name: string): Promise<Error | undefined> {
  console.log(`query ${name}: begins`);
  const s = await select({ result: receive(time.after(time.second)), done: receive(ctx.done()) });
  switch (s.case) {
    case "result":
      console.log(`query ${name}: done`);
      return undefined;
    case "done":
      console.log(`query ${name}: ${ctx.err()?.message}, because ${context.cause(ctx)?.message}`);
      return ctx.err();
  }
}

// A call in between may add its own timeout. Canceling the parent context also cancels this one, with the same cause.
async function section(parent: Context, name: string): Promise<Error | undefined> {
  const [ctx, cancel] = context.withTimeout(parent, time.minute);
  using _ = defer(cancel);
  const err = await query(ctx, name);
  console.log(`section ${name}: returns`);
  return err;
}

// The first error ends the report: the second section does not start.
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

  // The error is Canceled. The cause is the same error value that was passed to cancel.
  console.log(`is it Canceled: ${err instanceof context.Canceled}`);
  console.log(`is the cause errGone: ${context.cause(ctx) === errGone}`);
  const took = Math.round(time.since(start) / 100) * 100;
  console.log(`it took ${took} ms, and a query takes 1000`);
});

// Try: derive the context of section from context.background(). How much of the report runs then?
