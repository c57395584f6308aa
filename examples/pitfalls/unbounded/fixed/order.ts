import type { Order } from "../../../../scripts/order.ts";

export const order: Order = { patterns: ["P54"], lines: "exact" };
