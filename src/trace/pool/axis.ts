// The axis of a picture of a pool: times or, where no time passes, the order of events.

import { thousands } from "../figures.ts";
import { round, text } from "../svg.ts";
import { left, type Part, type Scene } from "./scene.ts";
import type { PoolView } from "./view.ts";

/** What is drawn at `y`, and `under` all that is drawn from `top` down to there. */
export function axis({ view, end, x }: Scene, top: number, y: number): Part & { readonly under: string } {
  const ticks = ticksOf(view, (end - left) / 80);
  const lines = ticks.map(({ at }) => `M${round(x(at))} ${round(top)}V${round(y)}`).join("");
  return {
    under: `<path class="axis" d="${lines}M${left} ${round(y)}H${end}"/>`,
    body: ticks.map(({ at, name }) => text(x(at), y + 15, name, "small", "middle")),
    bottom: y + 36,
  };
}

/** About `most` places on the axis, and what they are called. */
function ticksOf({ isTime, low, high }: PoolView, most: number): { readonly at: number; readonly name: string }[] {
  if (!isTime)
    return roundTicks(low + 1, high + 1, most, 1).map((place) => ({ at: place - 1, name: thousands(place) }));
  const [unit, size] = high < 2000 ? ["ms", 1] : high < 600_000 ? ["s", 1000] : ["min", 60_000];
  return roundTicks(low / size, high / size, most, 0).map((time) => ({ at: time * size, name: `${time} ${unit}` }));
}

/** Round numbers between two others, at most `most`, at least `least` apart: 1, 2 or 5 times a power of ten. */
function roundTicks(low: number, high: number, most: number, least: number): number[] {
  const exact = Math.max((high - low) / most, least);
  const power = 10 ** Math.floor(Math.log10(exact));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= exact * 0.999) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const ticks = Math.min(Math.floor(high / step + 1e-9) - first + 1, most + 1);
  return Array.from({ length: Math.max(ticks, 0) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}
