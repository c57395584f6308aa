import type { Order } from "../../../../scripts/order.ts";

export const order: Order = { patterns: ["B31"], lines: "exact" };
