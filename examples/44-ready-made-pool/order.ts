import type { Order } from "../../scripts/order.ts";

export const order: Order = { patterns: ["P5", "P6", "P24", "B19", "B25"], lines: "exact" };
