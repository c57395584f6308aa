import type { Order } from "../../../../scripts/expected-output.ts";

export const order: Order = { patterns: ["B14"], lines: "exact" };
