import type { Order } from "../../../../scripts/expected-output.ts";

export const order: Order = { patterns: ["B33", "P55"], lines: "exact" };
