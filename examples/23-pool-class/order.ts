import type { Order } from "../../scripts/order.ts";

export const order: Order = { patterns: ["P59", "B4"], lines: "exact" };
