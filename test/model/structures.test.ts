// Heap, line and ring, proven against arrays: after each step of random histories nothing is different.

import { describe, expect, test } from "@jest/globals";
import fc, { type Arbitrary } from "fast-check";
import { Heap, type HeapNode } from "../../src/util/heap.ts";
import { WaitQueue, type QueueNode } from "../../src/util/wait-queue.ts";
import { RingBuffer } from "../../src/util/ring-buffer.ts";
import { seed } from "./seed.ts";

/** One step: what is done, and a number that says with what. */
interface Step<Kind> {
  readonly kind: Kind;
  readonly n: number;
}

/** Histories; of two kinds, the one that is listed more often happens more often, so that what is added stays. */
function histories<Kind extends string>(...kinds: Kind[]): Arbitrary<Step<Kind>[]> {
  return fc.array(fc.record({ kind: fc.constantFrom(...kinds), n: fc.nat(99) }), { maxLength: 200, size: "max" });
}

function prove<Kind extends string>(kinds: Kind[], live: (steps: Step<Kind>[]) => void): void {
  fc.assert(fc.property(histories(...kinds), live), { seed, numRuns: 400 });
}

interface Node extends HeapNode {
  readonly rank: number;
  readonly order: number;
}

function isBefore(a: Node, b: Node): boolean {
  return a.rank < b.rank || (a.rank === b.rank && a.order < b.order);
}

class Person implements QueueNode<Person> {
  queue: WaitQueue<Person> | null = null;
  prev: Person | null = null;
  next: Person | null = null;
}

describe("after each step of random histories", () => {
  test("a heap has the same first as a sorted array, and everybody knows their place", () => {
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
          same(leaving.index, -1);
        }
        same(heap.first, model[0]);
        same(heap.size, model.length);
        // Invariants 1 and 2 of the heap.
        for (const [index, node] of heap.nodes.entries()) {
          same(node.index, index);
          same(index > 0 && isBefore(node, heap.nodes[(index - 1) >> 1] as Node), false);
        }
      }
      expect(new Set(heap.nodes)).toEqual(new Set(model));
    });
  });

  test("a line has in it who is in an array, in the same order", () => {
    prove(["join", "join", "shift", "leave"], (steps) => {
      const line = new WaitQueue<Person>();
      const model: Person[] = [];
      for (const { kind, n } of steps) {
        const place = model.length === 0 ? 0 : n % model.length;
        const there = model[place];
        const person = new Person();
        if (kind === "join") {
          line.push(person);
          model.push(person);
        } else if (kind === "shift") {
          same(line.shift(), model.shift() ?? null);
        } else if (there !== undefined && kind === "leave") {
          line.remove(there);
          model.splice(place, 1);
          // Invariant 2 of the line.
          for (const link of [there.queue, there.prev, there.next]) same(link, null);
        }
        same(line.first, model[0] ?? null);
        same(line.last, model.at(-1) ?? null);
        same(line.count(), model.length);
        for (const [index, each] of model.entries()) {
          // Invariant 3: ahead of the first is the last.
          same(each.queue, line);
          same(each.prev, model.at(index - 1) ?? null);
          same(each.next, model[index + 1] ?? null);
        }
      }
    });
  });

  test("a ring gives what an array would", () => {
    prove(["push", "push", "shift"], (steps) => {
      const ring = new RingBuffer<number>();
      const model: number[] = [];
      for (const { kind, n } of steps) {
        if (kind === "push") {
          ring.push(n);
          model.push(n);
        } else if (model.length > 0) {
          same(ring.shift(), model.shift());
        }
        same(ring.length, model.length);
        same(ring.first, model[0]);
      }
      for (const value of model) same(ring.shift(), value);
    });
  });
});

// Millions of comparisons: `expect` is called only for one that fails.
function same(real: unknown, modelled: unknown): void {
  if (!Object.is(real, modelled)) expect(real).toBe(modelled);
}
