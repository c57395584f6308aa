import type { Order } from "../../../../scripts/expected-output.ts";

export const order: Order = { patterns: ["B46"], lines: "exact" };
