// The folders of the source: what each holds, and what it may import. The one place where this is written down: `npm run imports`
// checks the files against it, and `npm run index` writes the table of ARCHITECTURE.md from it.

import { readdir, readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { markdownTable, replaceBlock } from "./markdown.ts";

/** A folder of `src`. */
export interface Folder {
  readonly holds: string;
  /** The folders that it may import besides itself. */
  readonly imports: readonly string[];
}

export const folders: Readonly<Record<string, Folder>> = {
  util: {
    holds: "wait queue, ring buffer, heap, random numbers, argument checks, safe inspection: nothing about goroutines",
    imports: [],
  },
  runtime: {
    holds:
      "scheduler, clock and timers, goroutines, wait reasons, panics, `main` and its deadlock report, the process, hooks",
    imports: ["util"],
  },
  channel: {
    holds: "the state of a channel, `Channel`, `LossyChannel`, the iterator of both, `select`",
    imports: ["util", "runtime"],
  },
  time: {
    holds: "`sleep`, `after`, `Timer`, `Ticker`, and the channel of a timer",
    imports: ["util", "runtime", "channel"],
  },
  waitgroup: { holds: "`WaitGroup`", imports: ["util", "runtime"] },
  context: {
    holds:
      "`Context`, and its conversions from `AbortSignal`, process signals and responses of a server, and to `AbortSignal`",
    imports: ["util", "runtime", "channel", "waitgroup"],
  },
  sync: {
    holds:
      "`Mutex`, `RWMutex`, `KeyedMutex`, `Cond`, `Once`, `Semaphore`, limits, `SingleFlight`, `ErrGroup`, `ResultGroup`, `RateLimiter`",
    imports: ["util", "runtime", "channel", "waitgroup", "context", "time"],
  },
  broadcast: {
    holds: "`Broadcast` and its subscriptions",
    imports: ["util", "runtime", "channel", "context"],
  },
  interop: {
    holds: "channels from iterables, streams and events; channels as streams",
    imports: ["util", "runtime", "channel", "waitgroup", "context"],
  },
  pool: {
    holds: "`WorkerPool`, `runPool`, retries, results in order",
    imports: ["util", "runtime", "channel", "waitgroup", "context", "sync", "time"],
  },
  pipeline: {
    holds: "`goro/pipeline`: stages over channels and iterables",
    imports: ["util", "runtime", "channel", "context"],
  },
  testing: {
    holds: "`goro/testing`: bubbles with virtual time, leak checks, a queue in memory",
    imports: ["util", "runtime", "channel", "waitgroup", "context", "time", "pool"],
  },
  trace: {
    holds: "`goro/trace`: recordings, their format, snapshots, exports, pictures",
    imports: ["util", "runtime", "channel", "pool"],
  },
  debug: { holds: "`goro/debug`: debug mode, as by GORO_DEBUG=1", imports: ["util", "runtime"] },
  bullmq: {
    holds: "`goro/bullmq`: queues on other machines, over BullMQ, as sources of pools",
    imports: ["util", "runtime", "channel", "context", "pool"],
  },
};

/** The files that only export: the root of the library, and the entry points with a subpath of their own. */
export const entryPoints: readonly string[] = [
  "index.ts",
  "context/api.ts",
  "testing/testing.ts",
  "trace/trace.ts",
  "bullmq/bullmq.ts",
  "pipeline/pipeline.ts",
];

/** The files that re-export packages, with these packages. The build bundles them, so that the published package has no dependencies. */
export const vendorFiles: Readonly<Record<string, readonly string[]>> = {
  "trace/vendor.ts": ["@dagrejs/dagre"],
};

/** The files that import packages which users install themselves, with these packages. */
export const peerFiles: Readonly<Record<string, readonly string[]>> = {
  "bullmq/connection.ts": ["bullmq"],
  "bullmq/producer-connection.ts": ["bullmq"],
  "bullmq/worker-connection.ts": ["bullmq"],
  // A type that is unknown without the types of Node.
  "interop/event-types.ts": ["node:events"],
};

const source = fileURLToPath(new URL("../src/", import.meta.url));

/** Returns `page`, ARCHITECTURE.md, with its table of the folders regenerated. */
export function withFolders(page: string): string {
  const rows = Object.entries(folders).map(([name, { holds, imports }]) => [
    `\`src/${name}/\``,
    holds,
    imports.length === 0 ? "nothing" : imports.join(", "),
  ]);
  return replaceBlock(page, "folders", markdownTable([["folder", "holds", "may import"], ...rows]));
}

/** The files of the source, and the mistakes in what they import. */
export interface ImportCheck {
  readonly files: readonly string[];
  readonly mistakes: readonly string[];
}

/** Checks all files of `src`: only the imports of the table, no cycles, no barrels, packages only in the vendor files. */
export async function checkImports(): Promise<ImportCheck> {
  const files = (await readdir(source, { recursive: true })).filter((file) => file.endsWith(".ts"));
  const texts = await Promise.all(files.map((file) => readFile(join(source, file), "utf8")));
  const imports = new Map<string, string[]>();
  const mistakes: string[] = [];
  for (const [i, file] of files.entries()) {
    const text = (texts[i] as string).replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
    const targets = importedBy(text);
    const local = targets.filter((target) => target.startsWith("."));
    for (const target of targets) {
      const isAllowed = [...local, ...(vendorFiles[file] ?? []), ...(peerFiles[file] ?? [])].includes(target);
      if (!isAllowed) mistakes.push(`${file} imports ${target}, which is not a file of src`);
    }
    imports.set(
      file,
      local.map((target) => relative(source, join(source, dirname(file), target))),
    );
    const statements = text.replace(/export\s[^;]*?from\s+"[^"]+";/g, "").trim();
    if (entryPoints.includes(file) && statements !== "") mistakes.push(`${file} holds code, but is an entry point`);
    const mayOnlyExport = entryPoints.includes(file) || file in vendorFiles;
    if (!mayOnlyExport && statements === "") mistakes.push(`${file} is a barrel`);
  }
  for (const [file, targets] of imports) mistakes.push(...forbiddenImports(file, targets, files));
  return { files, mistakes: [...mistakes, ...cycles(imports)] };
}

function importedBy(text: string): string[] {
  const statements = /(?:^|\n)\s*(?:import|export)\s[^;]*?from\s+"([^"]+)"|import\(\s*"([^"]+)"|import\s+"([^"]+)"/g;
  return [...text.matchAll(statements)].map((match) => (match[1] ?? match[2] ?? match[3]) as string);
}

function forbiddenImports(file: string, targets: readonly string[], files: readonly string[]): string[] {
  if (file === "index.ts") return [];
  const folder = folderOf(file);
  const allowed = folders[folder]?.imports;
  if (allowed === undefined) return [`${file} is in a folder that the table does not have`];
  return targets.flatMap((target) => {
    const other = folderOf(target);
    if (!files.includes(target)) return [`${file} imports ${target}, which does not exist`];
    if (other === folder || allowed.includes(other)) return [];
    return [`${file} imports ${target}: ${folder} may not import ${other}`];
  });
}

function folderOf(file: string): string {
  return file.split("/")[0] as string;
}

function cycles(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const mistakes: string[] = [];
  const finished = new Set<string>();
  function visit(file: string, path: readonly string[]): void {
    if (path.includes(file)) {
      mistakes.push(`a cycle: ${[...path.slice(path.indexOf(file)), file].join(" > ")}`);
    } else if (!finished.has(file)) {
      for (const target of imports.get(file) ?? []) visit(target, [...path, file]);
      finished.add(file);
    }
  }
  for (const file of imports.keys()) visit(file, []);
  return mistakes;
}
