import { describe, expect, test } from "@jest/globals";
import { Heap, type HeapNode } from "../../src/util/heap.ts";
import { Prng } from "../../src/util/prng.ts";

interface Node extends HeapNode {
  readonly rank: number;
  readonly order: number;
}

let lastOrder = 0;

function node(rank: number): Node {
  return { index: -1, rank, order: ++lastOrder };
}

function isBefore(a: Node, b: Node): boolean {
  return a.rank < b.rank || (a.rank === b.rank && a.order < b.order);
}

function heapOf(...ranks: number[]): [heap: Heap<Node>, nodes: Node[]] {
  const heap = new Heap<Node>(isBefore);
  const nodes = ranks.map(node);
  for (const added of nodes) heap.add(added);
  return [heap, nodes];
}

/** Removes all nodes from the heap, always the first, and returns their ranks. */
function drain(heap: Heap<Node>): number[] {
  const ranks: number[] = [];
  for (let { first } = heap; first !== undefined; first = heap.first) {
    heap.remove(first);
    ranks.push(first.rank);
  }
  return ranks;
}

/** Invariants 1 and 2. */
function expectHeap(heap: Heap<Node>): void {
  const { nodes } = heap;
  expect(nodes.map(({ index }) => index)).toEqual([...nodes.keys()]);
  expect(nodes.filter((each, i) => i > 0 && isBefore(each, nodes[(i - 1) >> 1] as Node))).toEqual([]);
}

test("an empty heap has no first", () => {
  const [heap] = heapOf();
  expect([heap.size, heap.first, heap.nodes]).toEqual([0, undefined, []]);
});

test.each([
  ["ascend", [1, 2, 3, 4, 5, 6, 7]],
  ["descend", [7, 6, 5, 4, 3, 2, 1]],
  ["are equal", [1, 1, 1]],
  ["are in any order", [5, 2, 7, 1, 6, 4, 3, 2]],
])("returns the added nodes in order if the ranks %s", (_, ranks) => {
  const [heap, nodes] = heapOf(...ranks);
  expect(heap.size).toBe(ranks.length);
  expectHeap(heap);
  expect(drain(heap)).toEqual([...ranks].sort((a, b) => a - b));
  expect(nodes.map(({ index }) => index)).toEqual(ranks.map(() => -1));
  expect(heap.size).toBe(0);
});

describe("a removed node", () => {
  // Each array is a valid heap; the node at the index is removed.
  test.each([
    ["is the only one", [1], 0],
    ["is the first of two", [1, 2], 0],
    ["is the last", [1, 2, 3], 2],
    ["is replaced by a node that sinks to the left", [1, 2, 9, 3, 4, 10, 11], 1],
    ["is replaced by a node that sinks to the right", [1, 2, 9, 4, 3, 10, 11], 1],
    ["is replaced by a node that sinks below an only child", [1, 2, 3, 4, 5, 6], 0],
    ["is replaced by a node that does not move", [1, 2, 3, 8, 9, 4], 2],
    ["is replaced by a node that rises", [1, 10, 2, 11, 12, 3, 4], 3],
    ["is replaced by a node that rises to just below the first", [1, 10, 2, 20, 21, 3, 4, 30, 31, 32, 33, 5], 7],
  ])("%s", (_, ranks, index) => {
    const [heap, nodes] = heapOf(...ranks);
    expect(heap.nodes.map(({ rank }) => rank)).toEqual(ranks);
    const leaving = nodes[index] as Node;
    heap.remove(leaving);
    expect(leaving.index).toBe(-1);
    expectHeap(heap);
    expect(drain(heap)).toEqual(ranks.filter((rank) => rank !== leaving.rank).sort((a, b) => a - b));
  });

  test("can be added again, also with another rank", () => {
    const [heap, [removed]] = heapOf(1, 2, 3);
    heap.remove(removed as Node);
    heap.add(Object.assign(removed as Node, { rank: 4 }));
    expectHeap(heap);
    expect(drain(heap)).toEqual([2, 3, 4]);
  });

  test("can be at any index, in heaps of all sizes up to 33", () => {
    for (let size = 1; size <= 33; size++) {
      for (let index = 0; index < size; index++) {
        const [heap] = heapOf(...Array.from({ length: size }, (_, i) => (i * 7919) % 101));
        const leaving = heap.nodes[index] as Node;
        heap.remove(leaving);
        expectHeap(heap);
        expect(heap.nodes).not.toContain(leaving);
        expect(heap.size).toBe(size - 1);
      }
    }
  });
});

test.each([1, 2, 3, 4, 5, 6])("agrees with a sorted list for any sequence of operations (seed %i)", (seed) => {
  const chance = new Prng(seed);
  const [heap] = heapOf();
  const model: Node[] = [];
  for (let step = 0; step < 2000; step++) {
    // The share of additions alternates, so that the heap grows and becomes empty many times.
    const additions = (step >> 7) % 2 === 0 ? 3 : 1;
    if (chance.randomInt(4) < additions || model.length === 0) {
      const added = node(chance.randomInt(seed * 40));
      heap.add(added);
      model.push(added);
      model.sort((a, b) => (isBefore(a, b) ? -1 : 1));
    } else {
      const [leaving] = model.splice(chance.randomInt(3) === 0 ? 0 : chance.randomInt(model.length), 1);
      heap.remove(leaving as Node);
      expect((leaving as Node).index).toBe(-1);
    }
    expect(heap.first).toBe(model[0]);
    expect(heap.size).toBe(model.length);
    if (step % 16 === 0) {
      expectHeap(heap);
      expect(new Set(heap.nodes)).toEqual(new Set(model));
    }
  }
  expect(drain(heap)).toEqual(model.map(({ rank }) => rank));
});

test("add and remove take logarithmic time", () => {
  let comparisons = 0;
  const heap = new Heap<Node>((a, b) => {
    comparisons++;
    return isBefore(a, b);
  });
  const size = 1 << 12;
  const nodes = Array.from({ length: size }, (_, i) => node((i * 7919) % size));
  for (const added of nodes) heap.add(added);
  for (const removed of nodes) heap.remove(removed);
  expect(comparisons).toBeLessThanOrEqual(size * 12 * 4);
});
