import type { Order } from "../../scripts/expected-output.ts";

export const order: Order = { patterns: ["P6", "P7"], lines: "exact" };
