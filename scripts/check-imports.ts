// Holds the rooms of the source to their table: what each may import, no cycles, no barrels, nothing from outside.

import { readdir, readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const source = fileURLToPath(new URL("../src/", import.meta.url));

/** For each room, the rooms that it may import besides itself. */
const table: Readonly<Record<string, readonly string[]>> = {
  util: [],
  runtime: ["util"],
  channel: ["util", "runtime"],
  time: ["util", "runtime", "channel"],
  waitgroup: ["util", "runtime"],
  context: ["util", "runtime", "channel", "waitgroup"],
  sync: ["util", "runtime", "channel", "waitgroup", "context", "time"],
  interop: ["util", "runtime", "channel", "waitgroup", "context"],
  pool: ["util", "runtime", "channel", "waitgroup", "context", "sync", "time"],
  testing: ["util", "runtime", "channel", "waitgroup", "context"],
  trace: ["util", "runtime", "channel", "pool"],
};

/** The packages that one folder may import: scripts/build.ts bundles them into dist, so that the published package has no dependencies. */
const bundled: Readonly<Record<string, readonly string[]>> = {
  trace: ["@dagrejs/dagre", "d3-array", "get-east-asian-width"],
};

/** The doors, which hold no code: that of the library, and those of what has a subpath of its own. */
const doors = ["index.ts", "testing/testing.ts", "trace/trace.ts"];

/** The modules that may import from outside, and what. */
const outside: Readonly<Record<string, readonly string[]>> = {
  "trace/vendor.ts": ["@dagrejs/dagre", "d3-array", "get-east-asian-width"],
};

const files = (await readdir(source, { recursive: true })).filter((file) => file.endsWith(".ts"));
const imports = new Map<string, string[]>();
const wrong: string[] = [];

for (const file of files) {
  const text = (await readFile(join(source, file), "utf8")).replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  const found = [
    ...text.matchAll(/(?:^|\n)\s*(?:import|export)\s[^;]*?from\s+"([^"]+)"|import\(\s*"([^"]+)"|import\s+"([^"]+)"/g),
  ];
  const targets = found.map((match) => (match[1] ?? match[2] ?? match[3]) as string);
  const local = targets.filter((target) => target.startsWith("."));
  const packages = targets.filter((target) => !local.includes(target));
  for (const target of packages.filter((target) => bundled[roomOf(file)]?.includes(target) !== true))
    wrong.push(`${file} imports ${target}, from outside`);
  imports.set(
    file,
    local.map((target) => relative(source, join(source, dirname(file), target))),
  );

  const statements = text.replace(/export\s[^;]*?from\s+"[^"]+";/g, "").trim();
  if (doors.includes(file) && statements !== "") wrong.push(`${file} holds code; it is a door and nothing else`);
  if (!doors.includes(file) && !(file in outside) && statements === "") wrong.push(`${file} is a barrel`);
}

for (const [file, targets] of imports) {
  if (file === "index.ts") continue;
  const room = roomOf(file);
  const allowed = table[room];
  if (allowed === undefined) wrong.push(`${file} stands in no room of the table`);
  for (const target of targets) {
    const other = roomOf(target);
    if (!files.includes(target)) wrong.push(`${file} imports ${target}, which is not there`);
    else if (other !== room && !allowed?.includes(other))
      wrong.push(`${file} imports ${target}: ${room} may not import ${other}`);
  }
}

const finished = new Set<string>();
for (const file of files) visit(file, []);

for (const line of wrong) console.error(line);
console.log(
  `${files.length} files in ${Object.keys(table).length} rooms: ${wrong.length === 0 ? "as the table says" : `${wrong.length} mistakes`}`,
);
process.exitCode = wrong.length === 0 ? 0 : 1;

function roomOf(file: string): string {
  return file.split("/")[0] as string;
}

function visit(file: string, path: readonly string[]): void {
  if (path.includes(file)) {
    wrong.push(`a cycle: ${[...path.slice(path.indexOf(file)), file].join(" > ")}`);
    return;
  }
  if (finished.has(file)) return;
  for (const target of imports.get(file) ?? []) visit(target, [...path, file]);
  finished.add(file);
}
