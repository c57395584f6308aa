import type { Order } from "../../scripts/order.ts";

export const order: Order = { patterns: ["P26", "P32"], lines: "exact" };
