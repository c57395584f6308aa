import type { Order } from "../../scripts/order.ts";

export const order: Order = { patterns: ["P9", "P28"], lines: "exact" };
