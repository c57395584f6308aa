import type { Order } from "../../scripts/expected-output.ts";

export const order: Order = { patterns: ["P10", "P13", "P49", "P54"], lines: "exact" };
