// A pause that a context can end. It needs neither a `select` nor the channel of a timer, which a bundle of a pool would carry for it.

import { channelStateOf } from "../channel/channel.ts";
import { resolved } from "../runtime/scheduler.ts";
import { RuntimeTimer } from "../runtime/timer.ts";
import { park, waitSelect } from "../runtime/wait-reasons.ts";
import { Deferred } from "../runtime/waiter.ts";
import { onCancel } from "./cancel.ts";
import type { Context } from "./context.ts";

/** Waits for `ms` milliseconds, or until `ctx` is canceled; resolves with whether the time has passed. */
export async function pause(ms: number, ctx: Context): Promise<boolean> {
  const isCanceled = ctx.err() !== undefined;
  if (!isCanceled && ms > 0) return waitFor(ms, ctx);
  await resolved();
  return !isCanceled;
}

// In Go, this is a select of a timer and `ctx.Done()`: reports show that reason.
function waitFor(ms: number, ctx: Context): Promise<boolean> {
  const wait = new Deferred<boolean>();
  const finish = (isDue: boolean): void => {
    timer.cancel();
    removeListener();
    wait.resume(waitSelect, isDue);
  };
  const timer = new RuntimeTimer("pause", () => finish(true));
  // First, because it throws if the `done()` of a context of the user's is not a channel.
  const removeListener = onCancel(ctx, () => finish(false));
  park(wait, waitSelect, channelStateOf(ctx.done())?.isDurable);
  timer.start(ms);
  return wait.promise;
}
