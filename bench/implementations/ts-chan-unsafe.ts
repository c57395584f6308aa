// ts-chan with `setUnsafe(true)`: without the turn of the macrotasks, at the risk that its documentation tells of.

import { tsChan } from "./ts-chan-adapters.ts";
import type { Implementation } from "./implementation.ts";

export const implementation: Implementation = { name: "ts-chan-unsafe", package: "ts-chan", adapters: tsChan(true) };
