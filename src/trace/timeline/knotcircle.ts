// A circle in a graph: nodes are numbers, and to each there is a list of those to which it leads.

type Graph = readonly (readonly number[])[];

/**
 * A circle, and of all through one of its nodes the shortest; empty if there is none. Linear: leaves are cut until
 * nobody is left or everybody leads on.
 */
export function circleIn(next: Graph): number[] {
  const start = onCircle(next, leadOn(next));
  return start === null ? [] : shortestCircle(next, start);
}

/** The nodes from which a way never has to end. */
function leadOn(next: Graph): boolean[] {
  const before: number[][] = next.map(() => []);
  const degrees = next.map((nodes) => nodes.length);
  for (const [node, nodes] of next.entries()) for (const to of nodes) (before[to] as number[]).push(node);
  const leaves = [...next.keys()].filter((node) => degrees[node] === 0);
  const leads = next.map((nodes) => nodes.length > 0);
  for (let leaf = leaves.pop(); leaf !== undefined; leaf = leaves.pop()) {
    for (const node of before[leaf] as number[]) {
      degrees[node] = (degrees[node] as number) - 1;
      if (degrees[node] === 0) {
        leads[node] = false;
        leaves.push(node);
      }
    }
  }
  return leads;
}

/** A node that can be reached from itself. */
function onCircle(next: Graph, leads: readonly boolean[]): number | null {
  let node = leads.indexOf(true);
  if (node < 0) return null;
  const seen = new Set<number>();
  while (!seen.has(node)) {
    seen.add(node);
    node = (next[node] as number[]).find((to) => leads[to]) as number;
  }
  return node;
}

/** The shortest way from a node to itself, without its last step. */
function shortestCircle(next: Graph, start: number): number[] {
  const from = new Map<number, number>();
  const queue = [start];
  for (const node of queue) {
    for (const to of next[node] as number[]) {
      if (to === start) return wayTo(node, start, from);
      if (!from.has(to)) {
        from.set(to, node);
        queue.push(to);
      }
    }
  }
  return [];
}

function wayTo(last: number, start: number, from: ReadonlyMap<number, number>): number[] {
  const way = [last];
  for (let node = last; node !== start;) {
    node = from.get(node) as number;
    way.push(node);
  }
  return way.reverse();
}
