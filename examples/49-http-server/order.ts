import type { Order } from "../../scripts/expected-output.ts";

export const order: Order = { patterns: ["P12"], lines: "exact", real: true };
