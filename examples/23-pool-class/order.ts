import type { Order } from "../../scripts/expected-output.ts";

export const order: Order = { patterns: ["P59", "B4"], lines: "exact" };
