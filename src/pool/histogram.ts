// How long things took: numbers of any size in a few hundred counters. Sixteen counters for each doubling tell a percentile to
// within 5 %, and the time of a single job need not be kept.

const perDoubling = 16;

/** Figures of a {@link Histogram}, in milliseconds; all are 0 if there is nothing to tell of. */
export interface LatencyStats {
  readonly count: number;
  readonly mean: number;
  readonly max: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** Counts durations, and tells of them. */
export class Histogram {
  readonly #counts: number[] = [];
  #count = 0;
  #sum = 0;
  #max = 0;

  /** Adds a duration of `ms` milliseconds; what is below a microsecond counts as none. */
  add(ms: number): void {
    const bucket = ms <= 0.001 ? 0 : Math.ceil(Math.log2(ms * 1000) * perDoubling);
    // An array with holes would be slow.
    while (this.#counts.length <= bucket) this.#counts.push(0);
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1;
    this.#count++;
    this.#sum += ms;
    if (ms > this.#max) this.#max = ms;
  }

  /** The duration that a share `p`, from 0 to 1, of all does not exceed. */
  percentile(p: number): number {
    let left = Math.ceil(this.#count * p);
    if (left === 0) return 0;
    const bucket = this.#counts.findIndex((count) => (left -= count) <= 0);
    return Math.min(bucket === 0 ? 0 : 2 ** (bucket / perDoubling) / 1000, this.#max);
  }

  /** What there is to tell. */
  summary(): LatencyStats {
    return {
      count: this.#count,
      mean: this.#count === 0 ? 0 : this.#sum / this.#count,
      max: this.#max,
      p50: this.percentile(0.5),
      p95: this.percentile(0.95),
      p99: this.percentile(0.99),
    };
  }
}
