import type { Order } from "../../../../scripts/expected-output.ts";

export const order: Order = { patterns: ["B7", "B23"], lines: "exact" };
