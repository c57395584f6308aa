import type { Order } from "../../scripts/expected-output.ts";

export const order: Order = { patterns: ["P40", "B14"], lines: "exact" };
