// The band of those for whom there is no room: at each place on the axis, how many of them are in which state.

import { thousands } from "../figures.ts";
import type { State } from "../lanes.ts";
import { hint, round, text } from "../svg.ts";
import { bandHeight, type Scene } from "./scene.ts";

/** The band; nothing, if there is room for all. */
export function band(scene: Scene): string[] {
  const { axis, bandTop, summedUp } = scene;
  if (summedUp.length === 0) return [];
  const columns = Math.max(1, Math.ceil((axis.right - axis.left) / 2));
  const counts = countStates(scene, columns);
  const most = Math.max(1, ...Array.from({ length: columns }, (_, i) => sumAt(counts, i)));
  const below = new Float64Array(columns);
  const parts: string[] = [];
  for (const [state, count] of counts) {
    if (!count.some((one) => one > 0)) continue;
    scene.used.add(state);
    const area = areaOf(count, below, axis.left, bandTop + bandHeight, bandHeight / most);
    parts.push(`<path class="bar sum ${state}" d="${area}">${hint(`how many are in state: ${state}`)}</path>`);
  }
  const lines = [
    text(16, bandTop + 22, `and ${thousands(summedUp.length)} more`, "name"),
    text(16, bandTop + 38, "goroutines:", "small"),
    text(16, bandTop + 53, `up to ${thousands(most)} at once`, "small"),
    `<path class="axis" d="M${axis.left} ${bandTop + bandHeight}H${axis.right}"/>`,
    ...parts,
  ];
  return [lines.join("\n")];
}

function sumAt(counts: ReadonlyMap<State, Int32Array>, i: number): number {
  let sum = 0;
  for (const count of counts.values()) sum += count[i] as number;
  return sum;
}

/** For each column, how many are in which state in its middle. */
function countStates({ axis, summedUp }: Scene, columns: number): Map<State, Int32Array> {
  const order: State[] = ["running", "send", "receive", "select", "lock", "wait", "sleep"];
  const changes = new Map(order.map((state) => [state, new Int32Array(columns + 1)]));
  const column = (index: number): number => {
    const at = ((axis.at(index) - axis.left) / (axis.right - axis.left)) * columns;
    return Math.min(columns, Math.max(0, Math.round(at)));
  };
  for (const lane of summedUp) {
    for (const { from, to, state } of lane.spans) {
      const change = changes.get(state) as Int32Array;
      const [first, last] = [column(from), column(to)];
      change[first] = (change[first] as number) + 1;
      change[last] = (change[last] as number) - 1;
    }
  }
  for (const change of changes.values()) {
    for (let i = 1; i < change.length; i++) change[i] = (change[i] as number) + (change[i - 1] as number);
  }
  return new Map([...changes].map(([state, counts]) => [state, counts.subarray(0, columns)]));
}

/** The outline of a state's counts on top of those below, to which they are added. */
function areaOf(count: Int32Array, below: Float64Array, left: number, bottom: number, scale: number): string {
  let path = `M${left} ${bottom}`;
  let before: number | null = null;
  for (let i = 0; i < count.length; i++) {
    below[i] = (below[i] as number) + (count[i] as number);
    const y = round(bottom - (below[i] as number) * scale);
    if (y !== before) path += `H${left + 2 * i}V${y}`;
    before = y;
  }
  return `${path}H${left + 2 * count.length}${backwards(count, below, left, bottom, scale)}Z`;
}

/** The lower outline, from right to left. */
function backwards(count: Int32Array, upper: Float64Array, left: number, bottom: number, scale: number): string {
  let path = "";
  let before: number | null = null;
  for (let i = count.length - 1; i >= 0; i--) {
    const y = round(bottom - ((upper[i] as number) - (count[i] as number)) * scale);
    if (y !== before) path += `${before === null ? "" : `H${left + 2 * (i + 1)}`}V${y}`;
    before = y;
  }
  return `${path}H${left}`;
}
