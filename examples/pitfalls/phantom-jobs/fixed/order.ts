import type { Order } from "../../../../scripts/order.ts";

export const order: Order = { patterns: ["B7", "B23"], lines: "exact" };
