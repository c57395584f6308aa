import type { Order } from "../../scripts/expected-output.ts";

export const order: Order = { patterns: ["P9", "P28"], lines: "exact" };
