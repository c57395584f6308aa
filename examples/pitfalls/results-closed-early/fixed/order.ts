import type { Order } from "../../../../scripts/expected-output.ts";

export const order: Order = { patterns: ["B34", "P36"], lines: "exact" };
