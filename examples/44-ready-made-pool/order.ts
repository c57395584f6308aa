import type { Order } from "../../scripts/expected-output.ts";

export const order: Order = { patterns: ["P5", "P6", "P24", "B19", "B25"], lines: "exact" };
