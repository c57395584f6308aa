import type { Order } from "../../scripts/expected-output.ts";

export const order: Order = { patterns: ["P58", "B9"], lines: "exact" };
