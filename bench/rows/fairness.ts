// The delay of a timer beside a busy loop, which is also the delay of I/O.

import { channels } from "./channels.ts";
import { pool } from "./pool.ts";
import { type Program, type Row, silent } from "./row.ts";
import { select } from "./select.ts";

/** A timer that has not fired after this time counts as never: milliseconds. */
const NEVER = 2_000;
const DELAY = 10;
const TIMERS = 5;

/** The operations of one call of the loop. Between two calls the loop only awaits the library. */
const PIECE = 2_000;

const shapes = ["unbuffered", "ping-pong", "try-ping-pong", "buffered", "buffered-hot", "buffered-4-4", "range"].concat(
  ["select-2", "pool-channels", "pool-map"],
);

/** One timer row for each of these rows. */
export const fairness: readonly Row[] = [...channels, ...select, ...pool]
  .filter((row) => shapes.includes(row.id))
  .map((row) => ({
    id: `timer-${row.id}`,
    title: `a 10 ms timer beside ${row.id}: when it fires, the latest of ${TIMERS}`,
    unit: "ms",
    n: PIECE,
    goal: { words: "<= 25 ms", value: 25 },
    go: "timer",
    needs: null,
    withTimer: row,
    expected: () => 1,
  }));

/** Starts timers one after the other while `work` runs, and records the longest delay; `Infinity` if one never fired. */
export function besideTimers(work: Program): Program {
  return async (_, meter) => {
    let latest = 0;
    // The first timer is not counted, because the code is compiled meanwhile.
    for (let timers = 0; timers <= TIMERS && latest < NEVER; timers++) {
      const set = performance.now();
      let fired = 0;
      const timer = setTimeout(() => (fired = performance.now()), DELAY);
      while (fired === 0 && performance.now() - set < NEVER) await work(PIECE, silent);
      clearTimeout(timer);
      if (fired === 0) latest = Infinity;
      else if (timers > 0) latest = Math.max(latest, fired - set);
    }
    meter.record(latest);
    return 1;
  };
}
