import type { Order } from "../../../../scripts/order.ts";

export const order: Order = { patterns: ["B12", "B13"], lines: "exact" };
