// How many spans cover each part of an axis, which is drawn where single spans have no room.

import type { Step } from "./chart.ts";

/** Counts how many spans overlap in each of a number of cells of equal width, averaged over the cell. */
export class Coverage {
  readonly #cells: number;
  readonly #left: number;
  readonly #cellWidth: number;
  /** At each cell, the change in the number of spans that reach into it. */
  readonly #changes: Float64Array;
  /** At each cell, how much of it is not covered by the spans that begin or end there. */
  readonly #uncovered: Float64Array;

  /** Divides the axis from `left` to `right`, in pixels, into `cells` cells. */
  constructor(left: number, right: number, cells: number) {
    this.#cells = cells;
    this.#left = left;
    this.#cellWidth = (right - left) / cells;
    this.#changes = new Float64Array(cells + 1);
    this.#uncovered = new Float64Array(cells);
  }

  /** Adds a span between two positions in pixels. Takes constant time. */
  add(from: number, to: number): void {
    const [start, end] = [this.#toCells(from), this.#toCells(to)];
    const first = Math.min(Math.floor(start), this.#cells - 1);
    const last = Math.max(first, Math.min(Math.ceil(end), this.#cells) - 1);
    increase(this.#changes, first, 1);
    increase(this.#changes, last + 1, -1);
    increase(this.#uncovered, first, start - first);
    increase(this.#uncovered, last, last + 1 - end);
  }

  /** Returns the average number of spans in each cell. A cell that spans of no length touch has at least `min`. */
  counts(min = 0): Float64Array {
    let spans = 0;
    return this.#uncovered.map((uncovered, i) => {
      spans += this.#changes[i] as number;
      return spans === 0 ? 0 : Math.max(spans - uncovered, min);
    });
  }

  /** Returns one value for each cell as steps. */
  toSteps(values: ArrayLike<number>): Step[] {
    return Array.from(values, (value, i) => ({ x: this.#left + i * this.#cellWidth, value }));
  }

  #toCells(x: number): number {
    return Math.min(Math.max((x - this.#left) / this.#cellWidth, 0), this.#cells);
  }
}

function increase(array: Float64Array, index: number, by: number): void {
  array[index] = (array[index] as number) + by;
}
