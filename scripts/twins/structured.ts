// Programs made of patterns: one to three of them one after the other, and often a failure at the end.

import { Prng } from "../../src/util/prng.ts";
import { failures } from "./failures.ts";
import { type Shape, shapes } from "./shapes.ts";
import type { Writing } from "./tongue.ts";

/** A program whose output is determined. */
export interface Structured {
  /** Its patterns, such as "pool, ring, panics". */
  readonly name: string;
  readonly write: Writing;
}

/** The program of `seed`, a whole number. */
export function structured(seed: number): Structured {
  const chance = new Prng(seed);
  const parts = Array.from({ length: 1 + chance.randomInt(3) }, () => drawn(shapes, chance));
  if (chance.randomInt(3) === 0) parts.splice(-1, 1, drawn(failures, chance));
  const first = chance.randomInt(2 ** 32);
  return {
    name: parts.map(([name]) => name).join(", "),
    write: (tongue) => parts.map(([, shape], i) => tongue.block(shape(tongue, new Prng(first + i)))),
  };
}

function drawn(from: Readonly<Record<string, Shape>>, chance: Prng): [name: string, shape: Shape] {
  const all = Object.entries(from);
  return all[chance.randomInt(all.length)] as [string, Shape];
}
