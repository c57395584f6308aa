// Runs the Go twin of each example with real Go, and records what it did. It needs Go 1.25 or later; nothing else does.
//
//   npm run record
//   npm run record -- 01-basic-pool pitfalls        only what has such a name, or begins with it

import { rm, writeFile } from "node:fs/promises";
import { compared, outcome, recordings, runTwin } from "./examples.ts";
import { chosen } from "./choose.ts";

for (const example of await chosen(process.argv.slice(2))) {
  // The twin must keep the rules that it sets for the port, each time.
  const [first, ...others] = (await runTwin(example, 3)).map(outcome);
  if (first === undefined) continue;
  const wrong = [first, ...others].flatMap((other) => compared(example, first, other));
  if (wrong.length > 0) throw new Error(`${example.name}: the Go twin breaks its own order:\n${wrong.join("\n")}`);
  const files = recordings(example);
  await writeFile(files.output, first.output);
  if (first.failure === "") await rm(files.failure, { force: true });
  else await writeFile(files.failure, first.failure);
  console.log(`${example.name}: ${first.output.split("\n").length - 1} lines${first.failure && ", and fails"}`);
}
