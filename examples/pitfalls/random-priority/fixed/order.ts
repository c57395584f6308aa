import type { Order } from "../../../../scripts/order.ts";

export const order: Order = { patterns: ["B30"], lines: "exact" };
