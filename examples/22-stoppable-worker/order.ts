import type { Order } from "../../scripts/order.ts";

export const order: Order = { patterns: ["P60", "B5"], lines: "exact" };
