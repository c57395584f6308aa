import type { Order } from "../../scripts/expected-output.ts";

export const order: Order = { patterns: ["P24", "P14"], lines: "exact", real: true };
