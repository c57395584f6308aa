import type { Order } from "../../../../scripts/expected-output.ts";

export const order: Order = { patterns: ["B12", "B13"], lines: "exact" };
