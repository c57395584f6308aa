import type { Order } from "../../scripts/expected-output.ts";

export const order: Order = { patterns: ["P37", "B44"], lines: "exact" };
