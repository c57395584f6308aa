import type { Order } from "../../../../scripts/expected-output.ts";

export const order: Order = { patterns: ["P45", "B20"], lines: "exact" };
