// How late a timer comes beside a loop that is always busy: the timers and sockets of a program wait as long.

import { channels } from "./channels.ts";
import { pool } from "./pool.ts";
import { type Program, type Row, silent } from "./row.ts";
import { select } from "./select.ts";

/** Of a timer that has not come after so many milliseconds, it is said that it never comes. */
const PATIENCE = 2_000;
const DELAY = 10;
const TIMERS = 5;

/** The loop goes on in pieces of so many operations: it never waits for anything but the library. */
const PIECE = 2_000;

const shapes = ["unbuffered", "ping-pong", "try-ping-pong", "buffered", "buffered-hot", "buffered-4-4", "range"].concat(
  ["select-2", "pool-channels", "pool-map"],
);

/** A row for each shape of loop. */
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

/** Sets timers one after the other while `work` goes on, and records when the latest fired: `Infinity` if one never did. */
export function besideTimers(work: Program): Program {
  return async (_, meter) => {
    let latest = 0;
    // The first is not counted: beside it the code is compiled.
    for (let timers = 0; timers <= TIMERS && latest < PATIENCE; timers++) {
      const set = performance.now();
      let fired = 0;
      const timer = setTimeout(() => (fired = performance.now()), DELAY);
      while (fired === 0 && performance.now() - set < PATIENCE) await work(PIECE, silent);
      clearTimeout(timer);
      if (fired === 0) latest = Infinity;
      else if (timers > 0) latest = Math.max(latest, fired - set);
    }
    meter.record(latest);
    return 1;
  };
}
