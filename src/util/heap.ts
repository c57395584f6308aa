// A priority queue in a binary heap. Each node stores its index, so that a node is removed without a search.
//
// Invariants, whenever no method is on the stack:
//   1. No node is before its parent in the order of the heap.
//   2. The index of a node is its place in the array; that of a node outside of the heap is -1.

/** The index that an object needs in order to be in a {@link Heap}; -1 at first. */
export interface HeapNode {
  index: number;
}

/** A heap with `add` and `remove` in O(log n) and `first` in O(1). */
export class Heap<N extends HeapNode> {
  readonly #nodes: N[] = [];
  readonly #isBefore: (a: N, b: N) => boolean;

  /** @param isBefore - reports whether `a` comes before `b`, in an order without equal nodes */
  constructor(isBefore: (a: N, b: N) => boolean) {
    this.#isBefore = isBefore;
  }

  get size(): number {
    return this.#nodes.length;
  }

  get first(): N | undefined {
    return this.#nodes[0];
  }

  /** All nodes, in no particular order. */
  get nodes(): readonly N[] {
    return this.#nodes;
  }

  /** Adds `node`, which must not be in a heap. */
  add(node: N): void {
    this.#siftUp(node, this.#nodes.length);
  }

  /** Removes `node`, which must be in this heap. */
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
