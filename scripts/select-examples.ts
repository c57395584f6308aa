// Selecting examples by the names on a command line.

import { type Example, examples } from "./examples.ts";

/** Returns the examples with one of the names, and those in a folder of that name; without names, all. Exits if a name is unknown. */
export async function selectExamples(names: readonly string[]): Promise<Example[]> {
  const all = await examples();
  if (names.length === 0) return all;
  const hasName = (example: Example, name: string): boolean =>
    example.name === name || example.name.startsWith(`${name.replace(/\/$/, "")}/`);
  for (const name of names) {
    if (all.some((example) => hasName(example, name))) continue;
    console.error(
      `unknown example ${name}; the examples are:\n${all.map((example) => `  ${example.name}`).join("\n")}`,
    );
    process.exit(1);
  }
  return all.filter((example) => names.some((name) => hasName(example, name)));
}
