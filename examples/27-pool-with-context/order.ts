import type { Order } from "../../scripts/order.ts";

export const order: Order = { patterns: ["P58", "B9"], lines: "exact" };
