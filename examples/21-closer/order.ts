import type { Order } from "../../scripts/order.ts";

export const order: Order = { patterns: ["P22", "P36"], lines: "exact" };
