import type { Order } from "../../../../scripts/order.ts";

export const order: Order = { patterns: ["B39"], lines: "exact" };
