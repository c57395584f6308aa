import type { Order } from "../../scripts/expected-output.ts";

export const order: Order = { patterns: ["P26", "P32"], lines: "exact" };
