// Measures one row for one implementation: `node --expose-gc child.js IMPLEMENTATION ROW N MIN_MS [cpu]`. It prints one line of JSON, as the
// Go binary does: { "row", "n", "value", "sum" }. A `value` of null means that the event never happened.

import { load } from "./implementations/all.ts";
import { rows } from "./rows/all.ts";
import { measure } from "./runner/measure.ts";
import { pickProgram } from "./runner/pick.ts";

const [name = "", id = "", n = "", min = "", clock = "wall"] = process.argv.slice(2);
const row = rows.find((candidate) => candidate.id === id);
if (row === undefined) throw new Error(`bench: unknown row ${JSON.stringify(id)}`);
const program = pickProgram(await load(name), row);
if (program === null) throw new Error(`bench: ${name} does not implement ${id}`);

const { value, sum } = await measure(program, row.unit, Number(n), Number(min), clock === "cpu" ? "cpu" : "wall");
console.log(JSON.stringify({ row: id, n: Number(n), value, sum }));
// Timers and waiters that the implementation has left must not keep the process alive.
process.exit(0);
