import type { Order } from "../../scripts/order.ts";

export const order: Order = { patterns: ["P11", "P44"], lines: "exact" };
