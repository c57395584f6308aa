import type { Order } from "../../scripts/expected-output.ts";

export const order: Order = { patterns: [], lines: "exact" };
