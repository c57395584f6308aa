import type { Order } from "../../scripts/order.ts";

export const order: Order = { patterns: ["P53", "B45"], lines: "exact" };
