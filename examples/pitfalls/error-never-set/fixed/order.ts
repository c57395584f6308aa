import type { Order } from "../../../../scripts/expected-output.ts";

export const order: Order = { patterns: ["B40", "B33"], lines: "exact" };
