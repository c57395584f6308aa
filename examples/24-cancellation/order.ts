import type { Order } from "../../scripts/order.ts";

export const order: Order = { patterns: ["P6", "P7"], lines: "exact" };
