import type { Order } from "../../../../scripts/order.ts";

export const order: Order = { patterns: ["B34", "P36"], lines: "exact" };
