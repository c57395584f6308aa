// The exact probabilities of the results of a random function: it is run with every sequence of choices.

/** A random number from 0 to below `n`. */
interface Choice {
  value: number;
  readonly n: number;
}

/**
 * Runs `run` once for each possible sequence of random numbers, and returns the probability of each result, given that each
 * number of `randomInt(n)` is equally likely. `run` must be deterministic for equal sequences.
 */
export function distribution<R>(run: (randomInt: (n: number) => number) => R): Map<R, number> {
  const probabilities = new Map<R, number>();
  const choices: Choice[] = [];
  do {
    let next = 0;
    const result = run((n) => {
      if (next === choices.length) choices.push({ value: 0, n });
      return (choices[next++] as Choice).value;
    });
    const probability = choices.reduce((product, { n }) => product / n, 1);
    probabilities.set(result, (probabilities.get(result) ?? 0) + probability);
  } while (advance(choices));
  return probabilities;
}

/** Advances to the next sequence, like an odometer; false after the last. */
function advance(choices: Choice[]): boolean {
  for (let last = choices.at(-1); last !== undefined; last = choices.at(-1)) {
    if (++last.value < last.n) return true;
    choices.pop();
  }
  return false;
}
