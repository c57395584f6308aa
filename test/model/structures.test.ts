// Heap, wait queue and ring buffer, compared with arrays after each step of random histories.

import { describe, expect, test } from "@jest/globals";
import fc, { type Arbitrary } from "fast-check";
import { Heap, type HeapNode } from "../../src/util/heap.ts";
import { WaitQueue, type QueueNode } from "../../src/util/wait-queue.ts";
import { RingBuffer } from "../../src/util/ring-buffer.ts";
import { seed } from "./seed.ts";

/** One step: the kind of the operation, and a number that selects its argument. */
interface Step<Kind> {
  readonly kind: Kind;
  readonly n: number;
}

/** Histories. A kind that is listed twice is twice as likely, so that the structures grow. */
function histories<Kind extends string>(...kinds: Kind[]): Arbitrary<Step<Kind>[]> {
  return fc.array(fc.record({ kind: fc.constantFrom(...kinds), n: fc.nat(99) }), { maxLength: 200, size: "max" });
}

function prove<Kind extends string>(kinds: Kind[], run: (steps: Step<Kind>[]) => void): void {
  fc.assert(fc.property(histories(...kinds), run), { seed, numRuns: 400 });
}

interface Node extends HeapNode {
  readonly rank: number;
  readonly order: number;
}

function isBefore(a: Node, b: Node): boolean {
  return a.rank < b.rank || (a.rank === b.rank && a.order < b.order);
}

class TestNode implements QueueNode<TestNode> {
  queue: WaitQueue<TestNode> | null = null;
  prev: TestNode | null = null;
  next: TestNode | null = null;
}

describe("after each step of random histories", () => {
  test("a heap has the same first element as a sorted array, and each node has its own index", () => {
    prove(["add", "add", "remove", "shift"], (steps) => {
      const heap = new Heap<Node>(isBefore);
      let model: Node[] = [];
      for (const [order, { kind, n }] of steps.entries()) {
        if (kind === "add") {
          const node: Node = { index: -1, rank: n >> 2, order };
          heap.add(node);
          model = [...model, node].sort((a, b) => (isBefore(a, b) ? -1 : 1));
        } else {
          const leaving = kind === "shift" ? heap.first : model[n % model.length];
          if (leaving === undefined) continue;
          heap.remove(leaving);
          model = model.filter((node) => node !== leaving);
          assertSame(leaving.index, -1);
        }
        assertSame(heap.first, model[0]);
        assertSame(heap.size, model.length);
        // Invariants 1 and 2 of the heap.
        for (const [index, node] of heap.nodes.entries()) {
          assertSame(node.index, index);
          assertSame(index > 0 && isBefore(node, heap.nodes[(index - 1) >> 1] as Node), false);
        }
      }
      expect(new Set(heap.nodes)).toEqual(new Set(model));
    });
  });

  test("a queue has the same elements as an array, in the same order", () => {
    prove(["join", "join", "shift", "leave"], (steps) => {
      const queue = new WaitQueue<TestNode>();
      const model: TestNode[] = [];
      for (const { kind, n } of steps) {
        const position = model.length === 0 ? 0 : n % model.length;
        const current = model[position];
        const node = new TestNode();
        if (kind === "join") {
          queue.push(node);
          model.push(node);
        } else if (kind === "shift") {
          assertSame(queue.shift(), model.shift() ?? null);
        } else if (current !== undefined && kind === "leave") {
          queue.remove(current);
          model.splice(position, 1);
          // Invariant 2 of the queue.
          for (const link of [current.queue, current.prev, current.next]) assertSame(link, null);
        }
        assertSame(queue.first, model[0] ?? null);
        assertSame(queue.last, model.at(-1) ?? null);
        assertSame(queue.count(), model.length);
        for (const [index, each] of model.entries()) {
          // Invariant 3: the node before the first is the last.
          assertSame(each.queue, queue);
          assertSame(each.prev, model.at(index - 1) ?? null);
          assertSame(each.next, model[index + 1] ?? null);
        }
      }
    });
  });

  test("a ring buffer returns the same elements as an array", () => {
    prove(["push", "push", "shift"], (steps) => {
      const ring = new RingBuffer<number>();
      const model: number[] = [];
      for (const { kind, n } of steps) {
        if (kind === "push") {
          ring.push(n);
          model.push(n);
        } else if (model.length > 0) {
          assertSame(ring.shift(), model.shift());
        }
        assertSame(ring.length, model.length);
        assertSame(ring.first, model[0]);
      }
      for (const value of model) assertSame(ring.shift(), value);
    });
  });
});

// Millions of comparisons: `expect` is called only for a failure.
function assertSame(real: unknown, expected: unknown): void {
  if (!Object.is(real, expected)) expect(real).toBe(expected);
}
