// ts-chan with `setUnsafe(true)`: without the turn of the macrotasks, at the risk that its documentation tells of.

import { tsChan } from "./ts-chan-kits.ts";
import type { Contender } from "./contender.ts";

export const contender: Contender = { name: "ts-chan-unsafe", package: "ts-chan", kits: tsChan(true) };
