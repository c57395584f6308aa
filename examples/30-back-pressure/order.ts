import type { Order } from "../../scripts/expected-output.ts";

export const order: Order = { patterns: ["P11", "P44"], lines: "exact" };
