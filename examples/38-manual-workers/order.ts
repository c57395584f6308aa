import type { Order } from "../../scripts/expected-output.ts";

export const order: Order = { patterns: ["P53", "B45"], lines: "exact" };
