import type { Order } from "../../scripts/order.ts";

export const order: Order = { patterns: ["P34", "B31"], lines: "exact" };
