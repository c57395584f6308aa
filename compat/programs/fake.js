// Fake timers come and go, with a timer of goro's pending; afterwards its timers work.

import { context, gosched, time } from "goro";

/** `install` replaces the host's timers and returns a function that brings them back. */
export async function survives(install) {
  const pending = time.sleep(20);
  const restore = install();
  const [, cancel] = context.withTimeout(context.background(), 60_000);
  const timer = new time.Timer(30_000);
  await gosched();
  restore();
  // The timers that were set meanwhile are still there.
  await time.sleep(5);
  await pending;
  cancel();
  const [ctx] = context.withTimeout(context.background(), 5);
  await ctx.done().receive();
  timer.stop();
}
