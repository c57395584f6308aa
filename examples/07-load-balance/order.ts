import type { Order } from "../../scripts/order.ts";

export const order: Order = { patterns: ["P1", "B43"], lines: "exact" };
