import type { Order } from "../../scripts/order.ts";

export const order: Order = { patterns: ["P30", "P63", "B41"], lines: "exact" };
