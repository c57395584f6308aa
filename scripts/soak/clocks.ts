// Timers and tickers, read, left unread, and stopped.

import { context, receive, select, time } from "goro";
import type { Load } from "./round.ts";

/** A ticker that is read until a context ends: ticks never go back, and none comes after the stop. */
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

/** Calls that are taken back at random: each is made or was taken back. */
export const calls: Load = (round, chance) => {
  let made = 0;
  let back = 0;
  const count = 1 + chance.randomInt(4);
  for (let id = 0; id < count; id++) {
    round.go(async (own) => {
      const timer = time.afterFunc(own.randomInt(5), () => {
        made++;
      });
      await time.sleep(own.randomInt(5));
      if (timer.stop()) back++;
      // Nobody reads it: it must cost nothing.
      time.after(1e9);
      await time.sleep(1);
    });
  }
  return () => {
    round.equal("calls made + taken back", made + back, count);
    round.tally.calls += count;
  };
};
