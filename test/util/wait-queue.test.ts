import { describe, expect, test } from "@jest/globals";
import { WaitQueue, type QueueNode } from "../../src/util/wait-queue.ts";
import { below, seed } from "../../src/runtime/realm.ts";
import { areCollected } from "../support/memory.ts";

class Node implements QueueNode<Node> {
  queue: WaitQueue<Node> | null = null;
  prev: Node | null = null;
  next: Node | null = null;
  readonly name: number;

  constructor(name: number) {
    this.name = name;
  }
}

function queueOf(nodes: readonly Node[]): WaitQueue<Node> {
  const queue = new WaitQueue<Node>();
  for (const node of nodes) queue.push(node);
  return queue;
}

function nodes(count: number): Node[] {
  return Array.from({ length: count }, (_, name) => new Node(name));
}

/** Checks that `queue` contains exactly `expected`, read from both ends. */
function expectQueue(queue: WaitQueue<Node>, expected: readonly Node[]): void {
  const fromFront: number[] = [];
  for (let node = queue.first; node !== null; node = node.next) fromFront.push(node.name);
  const fromBack: number[] = [];
  for (let node = queue.last; node !== null; node = node === queue.first ? null : node.prev) fromBack.push(node.name);
  const names = expected.map((node) => node.name);
  expect(fromFront).toEqual(names);
  expect(fromBack).toEqual(names.reverse());
  expect(queue.count()).toBe(names.length);
  for (const node of expected) expect(node.queue).toBe(queue);
}

describe("a wait queue", () => {
  test("starts empty", () => {
    const queue = new WaitQueue<Node>();
    expectQueue(queue, []);
    expect(queue.shift()).toBeNull();
  });

  test("removes the nodes in the order in which they were added", () => {
    const all = nodes(5);
    const queue = queueOf(all);
    expect(all.map(() => queue.shift()?.name)).toEqual([0, 1, 2, 3, 4]);
    expectQueue(queue, []);
  });

  test.each([
    ["first", 0],
    ["middle", 2],
    ["last", 4],
  ])("removes the %s node and keeps the order of the others", (_, place) => {
    const all = nodes(5);
    const queue = queueOf(all);
    queue.remove(all[place] as Node);
    expectQueue(
      queue,
      all.filter((_, index) => index !== place),
    );
  });

  test("adds a removed node again at the end", () => {
    const [a, b, c] = nodes(3) as [Node, Node, Node];
    const queue = queueOf([a, b, c]);
    queue.remove(a);
    queue.push(a);
    expectQueue(queue, [b, c, a]);
  });

  test.each([1, 2, 3, 4])("stays consistent for any sequence of operations (seed %i)", (value) => {
    seed(value);
    const queue = new WaitQueue<Node>();
    const outside = nodes(12);
    const inside: Node[] = [];
    for (let step = 0; step < 400; step++) {
      const place = below(inside.length + 1);
      switch (below(3)) {
        case 0: {
          const node = outside.pop();
          if (node === undefined) break;
          queue.push(node);
          inside.push(node);
          break;
        }
        case 1: {
          const node = queue.shift();
          expect(node).toBe(inside.shift() ?? null);
          if (node !== null) outside.push(node);
          break;
        }
        default: {
          const node = inside[place];
          if (node === undefined) break;
          queue.remove(node);
          inside.splice(place, 1);
          outside.push(node);
        }
      }
      expectQueue(queue, inside);
      for (const node of outside) expect([node.queue, node.prev, node.next]).toEqual([null, null, null]);
    }
  });

  test("accesses only the neighbors of a removed node, at any length", () => {
    class Watched implements QueueNode<Watched> {
      static accesses = 0;
      queue: WaitQueue<Watched> | null = null;
      #ahead: Watched | null = null;
      #behind: Watched | null = null;

      get prev(): Watched | null {
        Watched.accesses++;
        return this.#ahead;
      }
      set prev(node: Watched | null) {
        Watched.accesses++;
        this.#ahead = node;
      }
      get next(): Watched | null {
        Watched.accesses++;
        return this.#behind;
      }
      set next(node: Watched | null) {
        Watched.accesses++;
        this.#behind = node;
      }
    }
    const costs = [10, 10_000].map((length) => {
      const queue = new WaitQueue<Watched>();
      const all = Array.from({ length }, () => new Watched());
      for (const node of all) queue.push(node);
      Watched.accesses = 0;
      queue.remove(all[length / 2] as Watched);
      queue.push(all[length / 2] as Watched);
      queue.shift();
      queue.push(all[0] as Watched);
      return Watched.accesses;
    });
    expect(costs[1]).toBe(costs[0]);
  });

  test("a live removed node does not retain its former neighbors", async () => {
    const survivor = new Node(0);
    const refs = (() => {
      const others = nodes(2) as [Node, Node];
      const queue = queueOf([others[0], survivor, others[1]]);
      queue.remove(survivor);
      return others.map((node) => new WeakRef(node));
    })();
    expect(await areCollected(refs)).toEqual(refs.map(() => true));
    expect(survivor.queue).toBeNull();
  });
});
