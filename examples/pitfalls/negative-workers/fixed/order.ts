import type { Order } from "../../../../scripts/order.ts";

export const order: Order = { patterns: ["B21"], lines: "exact" };
