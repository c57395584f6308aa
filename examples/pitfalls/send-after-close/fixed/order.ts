import type { Order } from "../../../../scripts/order.ts";

export const order: Order = { patterns: ["P38"], lines: "exact" };
