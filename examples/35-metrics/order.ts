import type { Order } from "../../scripts/expected-output.ts";

export const order: Order = { patterns: ["P30", "P63", "B41"], lines: "exact" };
