// Programs made of one to three patterns in sequence, often with a failure at the end.

import { Prng } from "../../src/util/prng.ts";
import { failures } from "./failures.ts";
import { type Shape, shapes } from "./program-shapes.ts";
import type { Writing } from "./syntax.ts";

/** A program whose output is determined. */
export interface Structured {
  /** Its patterns, such as "pool, ring, panics". */
  readonly name: string;
  readonly write: Writing;
}

/** The program of `seed`, an integer. */
export function structured(seed: number): Structured {
  const chance = new Prng(seed);
  const parts = Array.from({ length: 1 + chance.randomInt(3) }, () => pick(shapes, chance));
  if (chance.randomInt(3) === 0) parts.splice(-1, 1, pick(failures, chance));
  const first = chance.randomInt(2 ** 32);
  return {
    name: parts.map(([name]) => name).join(", "),
    write: (syntax) => parts.map(([, shape], i) => syntax.block(shape(syntax, new Prng(first + i)))),
  };
}

function pick(from: Readonly<Record<string, Shape>>, chance: Prng): [name: string, shape: Shape] {
  const all = Object.entries(from);
  return all[chance.randomInt(all.length)] as [string, Shape];
}
