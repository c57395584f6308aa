// Runs the Go twin of each example and the Go side of docs/coming-from/go.md with real Go, and records their outcomes. It needs Go 1.25 or
// later.
//
//   npm run record
//   npm run record -- 01-basic-pool pitfalls        only the examples of these names and folders

import { rm, writeFile } from "node:fs/promises";
import { goOutput, runGoProgram } from "./coming-from.ts";
import { compareOutcomes, recordingFiles, runTwin, toOutcome } from "./examples.ts";
import { selectExamples } from "./select-examples.ts";

for (const example of await selectExamples(process.argv.slice(2))) {
  // Each run of the twin must keep the order that the example declares.
  const [first, ...others] = (await runTwin(example, 3)).map(toOutcome);
  if (first === undefined) continue;
  const differences = [first, ...others].flatMap((run) => compareOutcomes(example, first, run));
  if (differences.length > 0) {
    throw new Error(`${example.name}: the Go twin violates its declared order:\n${differences.join("\n")}`);
  }
  const files = recordingFiles(example);
  await writeFile(files.output, first.output);
  if (first.failure === "") await rm(files.failure, { force: true });
  else await writeFile(files.failure, first.failure);
  console.log(`${example.name}: ${first.output.split("\n").length - 1} lines${first.failure && ", and fails"}`);
}
if (process.argv.length === 2) await writeFile(goOutput, await runGoProgram());
