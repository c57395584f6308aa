import type { Order } from "../../../../scripts/order.ts";

export const order: Order = { patterns: ["B29"], lines: "exact" };
