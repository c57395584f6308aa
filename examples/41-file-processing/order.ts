import type { Order } from "../../scripts/order.ts";

export const order: Order = { patterns: ["P24", "P14"], lines: "exact", real: true };
