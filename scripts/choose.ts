// Which examples are meant by the names on a command line.

import { type Example, examples } from "./examples.ts";

/** Those examples that have one of the names, or stand below a folder of that name; all of them, if no name is given. */
export async function chosen(names: readonly string[]): Promise<Example[]> {
  const all = await examples();
  if (names.length === 0) return all;
  const isMeant = (wanted: string) => (example: Example) =>
    example.name === wanted || example.name.startsWith(`${wanted.replace(/\/$/, "")}/`);
  for (const wanted of names) {
    if (all.some(isMeant(wanted))) continue;
    console.error(`no example is named ${wanted}; there are:\n${all.map(({ name }) => `  ${name}`).join("\n")}`);
    process.exit(1);
  }
  return all.filter((example) => names.some((wanted) => isMeant(wanted)(example)));
}
