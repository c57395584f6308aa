// A queue in the order of some rank, in a binary heap. Everybody in it knows the place at which they stand, so that leaving
// from the middle is never a search.
//
// Invariants, whenever no method is on the stack:
//   1. Nobody stands before the one above them.
//   2. Each in the heap knows its own index; whoever is outside has -1.

/** What an object needs in order to stand in a {@link Heap}: a place of its own, -1 at first. */
export interface HeapNode {
  index: number;
}

/** A heap with `add` and `remove` in O(log n), and the first at hand. */
export class Heap<N extends HeapNode> {
  readonly #nodes: N[] = [];
  readonly #isBefore: (a: N, b: N) => boolean;

  /** `isBefore` tells whether `a` comes before `b`: an order in which no two are equal. */
  constructor(isBefore: (a: N, b: N) => boolean) {
    this.#isBefore = isBefore;
  }

  get size(): number {
    return this.#nodes.length;
  }

  get first(): N | undefined {
    return this.#nodes[0];
  }

  /** All that are in it, in no order. */
  get nodes(): readonly N[] {
    return this.#nodes;
  }

  /** Adds `node`, which stands in no heap. */
  add(node: N): void {
    this.#siftUp(node, this.#nodes.length);
  }

  /** Takes `node`, which stands in this heap, out of it. */
  remove(node: N): void {
    const nodes = this.#nodes;
    const last = nodes.pop() as N;
    const { index } = node;
    node.index = -1;
    if (last === node) return;
    if (index > 0 && this.#isBefore(last, nodes[(index - 1) >> 1] as N)) this.#siftUp(last, index);
    else this.#siftDown(last, index);
  }

  #siftUp(node: N, from: number): void {
    const nodes = this.#nodes;
    let index = from;
    while (index > 0) {
      const up = (index - 1) >> 1;
      const parent = nodes[up] as N;
      if (!this.#isBefore(node, parent)) break;
      nodes[index] = parent;
      parent.index = index;
      index = up;
    }
    nodes[index] = node;
    node.index = index;
  }

  #siftDown(node: N, from: number): void {
    const nodes = this.#nodes;
    let index = from;
    for (;;) {
      let down = index * 2 + 1;
      if (down >= nodes.length) break;
      if (down + 1 < nodes.length && this.#isBefore(nodes[down + 1] as N, nodes[down] as N)) down++;
      const child = nodes[down] as N;
      if (!this.#isBefore(child, node)) break;
      nodes[index] = child;
      child.index = index;
      index = down;
    }
    nodes[index] = node;
    node.index = index;
  }
}
