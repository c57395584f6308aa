import type { Order } from "../../../../scripts/order.ts";

export const order: Order = { patterns: ["B33", "P55"], lines: "exact" };
