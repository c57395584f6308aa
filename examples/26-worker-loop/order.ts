import type { Order } from "../../scripts/order.ts";

export const order: Order = { patterns: ["P23", "P29", "B7"], lines: "exact" };
