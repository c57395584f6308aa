import type { Order } from "../../../../scripts/expected-output.ts";

export const order: Order = { patterns: ["P39"], lines: "exact" };
