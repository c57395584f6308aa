import type { Order } from "../../../../scripts/expected-output.ts";

export const order: Order = { patterns: ["B21"], lines: "exact" };
