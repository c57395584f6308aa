// Timers and tickers, read, left unread, and stopped.

import { context, receive, select, time } from "goro";
import type { Load } from "./round.ts";

/** A ticker that is read until a context is canceled: ticks never go back in time, and no tick follows the stop. */
export const ticker: Load = (round, chance) => {
  const clock = new time.Ticker(1 + chance.randomInt(3));
  round.go(async (own) => {
    const [ctx, cancel] = context.withTimeout(round.ctx, own.randomInt(8));
    let last = 0;
    for (;;) {
      const s = await select({ tick: receive(clock.c), done: receive(ctx.done()) });
      if (s.case === "done") break;
      if (!s.ok || s.value < last) round.faults.push(`a tick at ${String(s.value)} after one at ${last}`);
      last = s.value ?? last;
      round.tally.ticks++;
    }
    cancel();
    clock.stop();
  });
  return () => round.equal("a tick after the stop", clock.c.tryReceive() === undefined, true);
};

/** Delayed calls that are stopped at random: each is either made or stopped. */
export const calls: Load = (round, chance) => {
  let called = 0;
  let stopped = 0;
  const count = 1 + chance.randomInt(4);
  for (let id = 0; id < count; id++) {
    round.go(async (own) => {
      const timer = time.afterFunc(own.randomInt(5), () => {
        called++;
      });
      await time.sleep(own.randomInt(5));
      if (timer.stop()) stopped++;
      // This timer is never read, and must not keep anything alive.
      time.after(1e9);
      await time.sleep(1);
    });
  }
  return () => {
    round.equal("calls + stopped", called + stopped, count);
    round.tally.calls += count;
  };
};
