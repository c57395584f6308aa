import type { Order } from "../../scripts/expected-output.ts";

export const order: Order = { patterns: ["P25", "P43", "B42"], lines: "exact" };
