// The one source of randomness: every random choice of the library is drawn here, so that a seed repeats a whole run.

let state = (Math.random() * 0x1_0000_0000) >>> 0;

/** Starts the sequence anew from `value`; the same seed gives the same choices. */
export function seed(value: number): void {
  state = value >>> 0;
}

/** A whole number from 0 to `n` - 1, each equally likely (within 2^-32), for `n` from 1 to 2^32. It is mulberry32. */
export function below(n: number): number {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = state;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return Math.floor((((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000) * n);
}
