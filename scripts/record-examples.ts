// Runs the Go twin of each example with real Go, and records what it printed. It needs Go 1.25 or later; nothing else does.
//
//   npm run record

import { writeFile } from "node:fs/promises";
import { examples, orderOf, runTwin } from "./examples.ts";
import { differences } from "./order.ts";

for (const example of await examples()) {
  const { code, stdout, stderr } = await runTwin(example);
  if (code !== 0) throw new Error(`${example.name}: the Go twin ended with exit code ${String(code)}:\n${stderr}`);
  // The twin must keep the rules that it sets for the port.
  const wrong = differences(await orderOf(example), stdout, stdout);
  if (wrong.length > 0) throw new Error(`${example.name}: the Go twin breaks its own order: ${wrong.join("; ")}`);
  await writeFile(example.recording, stdout);
  console.log(`${example.name}: ${stdout.split("\n").length - 1} lines`);
}
