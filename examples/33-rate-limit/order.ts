import type { Order } from "../../scripts/expected-output.ts";

export const order: Order = { patterns: ["P34", "B31"], lines: "exact" };
