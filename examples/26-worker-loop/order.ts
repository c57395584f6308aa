import type { Order } from "../../scripts/expected-output.ts";

export const order: Order = { patterns: ["P23", "P29", "B7"], lines: "exact" };
