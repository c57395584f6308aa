import type { Order } from "../../../../scripts/order.ts";

export const order: Order = { patterns: ["B40", "B33"], lines: "exact" };
