import type { Order } from "../../../../scripts/order.ts";

export const order: Order = { patterns: ["P45", "B20"], lines: "exact" };
