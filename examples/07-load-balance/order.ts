import type { Order } from "../../scripts/expected-output.ts";

export const order: Order = { patterns: ["P1", "B43"], lines: "exact" };
