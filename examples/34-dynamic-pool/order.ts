import type { Order } from "../../scripts/order.ts";

export const order: Order = { patterns: ["P37", "B44"], lines: "exact" };
