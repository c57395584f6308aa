// One implementation, one row, one process: `node --expose-gc child.js CONTENDER ROW N SAMPLE`. It prints one line of JSON, as the Go binary does:
// { "row", "n", "value", "sum" }. A value that is null means never.

import { load } from "./implementations/all.ts";
import { pickProgram } from "./runner/pick.ts";
import { measure } from "./runner/measure.ts";
import { rows } from "./rows/all.ts";

const [name = "", id = "", n = "", least = ""] = process.argv.slice(2);
const row = rows.find((one) => one.id === id);
if (row === undefined) throw new Error(`bench: no row ${JSON.stringify(id)}`);
const program = pickProgram(await load(name), row);
if (program === null) throw new Error(`bench: ${name} does not do ${id}`);

const { value, sum } = await measure(program, row.unit, Number(n), Number(least));
console.log(JSON.stringify({ row: id, n: Number(n), value, sum }));
// An implementation may leave timers or waiters behind, which are nobody's business here.
process.exit(0);
