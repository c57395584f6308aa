import type { Order } from "../../scripts/expected-output.ts";

export const order: Order = { patterns: ["P22", "P36"], lines: "exact" };
