import type { Order } from "../../scripts/expected-output.ts";

export const order: Order = { patterns: ["P60", "B5"], lines: "exact" };
