// ts-chan with `setUnsafe(true)`, which does not yield to macrotasks; its documentation describes the risk.

import { tsChan } from "./ts-chan-adapters.ts";
import type { Implementation } from "./implementation.ts";

export const implementation: Implementation = { name: "ts-chan-unsafe", package: "ts-chan", adapters: tsChan(true) };
