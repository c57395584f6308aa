// Chance without luck: how likely each result of a random run is, exactly, because it is run with every sequence of draws.

/** One number that was drawn, below `n`. */
interface Draw {
  drawn: number;
  readonly n: number;
}

/**
 * Runs `run` once for each sequence of numbers that it can draw, and answers the probability of each result, if each number
 * from `below(n)` is equally likely. `run` must do the same whenever it draws the same.
 */
export function distribution<R>(run: (below: (n: number) => number) => R): Map<R, number> {
  const likely = new Map<R, number>();
  const draws: Draw[] = [];
  do {
    let next = 0;
    const result = run((n) => {
      if (next === draws.length) draws.push({ drawn: 0, n });
      return (draws[next++] as Draw).drawn;
    });
    const probability = draws.reduce((product, { n }) => product / n, 1);
    likely.set(result, (likely.get(result) ?? 0) + probability);
  } while (advance(draws));
  return likely;
}

/** Goes on to the next sequence, as an odometer does; false after the last. */
function advance(draws: Draw[]): boolean {
  for (let last = draws.at(-1); last !== undefined; last = draws.at(-1)) {
    if (++last.drawn < last.n) return true;
    draws.pop();
  }
  return false;
}
