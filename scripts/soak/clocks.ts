// Timers and tickers that are read, not read, and stopped.

import { context, receive, select, time } from "goro";
import type { Load } from "./round.ts";

/** A ticker that is read until a context ends: the times of ticks never decrease, and no tick arrives after the stop. */
export const ticker: Load = (round, random) => {
  const clock = new time.Ticker(1 + random.randomInt(3));
  round.go(async (random) => {
    const [ctx, cancel] = context.withTimeout(round.ctx, random.randomInt(8));
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

/** Calls that are canceled at random: each is made or canceled. */
export const calls: Load = (round, random) => {
  let made = 0;
  let canceled = 0;
  const count = 1 + random.randomInt(4);
  for (let id = 0; id < count; id++) {
    round.go(async (random) => {
      const timer = time.afterFunc(random.randomInt(5), () => {
        made++;
      });
      await time.sleep(random.randomInt(5));
      if (timer.stop()) canceled++;
      // A timer that is never read must not be left over.
      time.after(1e9);
      await time.sleep(1);
    });
  }
  return () => {
    round.equal("calls made + canceled", made + canceled, count);
    round.tally.calls += count;
  };
};
