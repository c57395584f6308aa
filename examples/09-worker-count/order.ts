import type { Order } from "../../scripts/order.ts";

export const order: Order = { patterns: ["P25", "P43", "B42"], lines: "exact" };
