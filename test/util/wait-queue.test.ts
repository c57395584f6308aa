import { describe, expect, test } from "@jest/globals";
import { WaitQueue, type QueueNode } from "../../src/util/wait-queue.ts";
import { below, seed } from "../../src/runtime/realm.ts";
import { isCollected } from "../support/memory.ts";

class Node implements QueueNode<Node> {
  queue: WaitQueue<Node> | null = null;
  prev: Node | null = null;
  next: Node | null = null;
  readonly name: number;

  constructor(name: number) {
    this.name = name;
  }
}

function lineOf(nodes: readonly Node[]): WaitQueue<Node> {
  const line = new WaitQueue<Node>();
  for (const node of nodes) line.push(node);
  return line;
}

function nodes(count: number): Node[] {
  return Array.from({ length: count }, (_, name) => new Node(name));
}

/** Checks that exactly `expected` stand in `line`, read from both ends. */
function expectLine(line: WaitQueue<Node>, expected: readonly Node[]): void {
  const fromFront: number[] = [];
  for (let node = line.first; node !== null; node = node.next) fromFront.push(node.name);
  const fromBack: number[] = [];
  for (let node = line.last; node !== null; node = node === line.first ? null : node.prev) fromBack.push(node.name);
  const names = expected.map((node) => node.name);
  expect(fromFront).toEqual(names);
  expect(fromBack).toEqual(names.reverse());
  expect(line.count()).toBe(names.length);
  for (const node of expected) expect(node.queue).toBe(line);
}

describe("a line", () => {
  test("starts empty", () => {
    const line = new WaitQueue<Node>();
    expectLine(line, []);
    expect(line.shift()).toBeNull();
  });

  test("serves first whoever came first", () => {
    const all = nodes(5);
    const line = lineOf(all);
    expect(all.map(() => line.shift()?.name)).toEqual([0, 1, 2, 3, 4]);
    expectLine(line, []);
  });

  test.each([
    ["first", 0],
    ["middle", 2],
    ["last", 4],
  ])("lets the %s leave and keeps the order of the others", (_, place) => {
    const all = nodes(5);
    const line = lineOf(all);
    line.remove(all[place] as Node);
    expectLine(
      line,
      all.filter((_, index) => index !== place),
    );
  });

  test("lets somebody who left come back at the end", () => {
    const [a, b, c] = nodes(3) as [Node, Node, Node];
    const line = lineOf([a, b, c]);
    line.remove(a);
    line.push(a);
    expectLine(line, [b, c, a]);
  });

  test.each([1, 2, 3, 4])("stays whole through any history (seed %i)", (value) => {
    seed(value);
    const line = new WaitQueue<Node>();
    const outside = nodes(12);
    const inside: Node[] = [];
    for (let step = 0; step < 400; step++) {
      const place = below(inside.length + 1);
      switch (below(3)) {
        case 0: {
          const node = outside.pop();
          if (node === undefined) break;
          line.push(node);
          inside.push(node);
          break;
        }
        case 1: {
          const node = line.shift();
          expect(node).toBe(inside.shift() ?? null);
          if (node !== null) outside.push(node);
          break;
        }
        default: {
          const node = inside[place];
          if (node === undefined) break;
          line.remove(node);
          inside.splice(place, 1);
          outside.push(node);
        }
      }
      expectLine(line, inside);
      for (const node of outside) expect([node.queue, node.prev, node.next]).toEqual([null, null, null]);
    }
  });

  test("touches only the neighbors of whoever leaves, however long it is", () => {
    class Watched implements QueueNode<Watched> {
      static touched = 0;
      queue: WaitQueue<Watched> | null = null;
      #ahead: Watched | null = null;
      #behind: Watched | null = null;

      get prev(): Watched | null {
        Watched.touched++;
        return this.#ahead;
      }
      set prev(node: Watched | null) {
        Watched.touched++;
        this.#ahead = node;
      }
      get next(): Watched | null {
        Watched.touched++;
        return this.#behind;
      }
      set next(node: Watched | null) {
        Watched.touched++;
        this.#behind = node;
      }
    }
    const costs = [10, 10_000].map((length) => {
      const line = new WaitQueue<Watched>();
      const all = Array.from({ length }, () => new Watched());
      for (const node of all) line.push(node);
      Watched.touched = 0;
      line.remove(all[length / 2] as Watched);
      line.push(all[length / 2] as Watched);
      line.shift();
      line.push(all[0] as Watched);
      return Watched.touched;
    });
    expect(costs[1]).toBe(costs[0]);
  });

  test("does not keep those alive who left together with somebody who lives", async () => {
    const survivor = new Node(0);
    const gone = (() => {
      const others = nodes(2) as [Node, Node];
      const line = lineOf([others[0], survivor, others[1]]);
      line.remove(survivor);
      return others.map((node) => new WeakRef(node));
    })();
    for (const ref of gone) expect(await isCollected(ref)).toBe(true);
    expect(survivor.queue).toBeNull();
  });
});
