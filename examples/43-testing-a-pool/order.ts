import type { Order } from "../../scripts/order.ts";

export const order: Order = { patterns: ["P40", "B14"], lines: "exact" };
