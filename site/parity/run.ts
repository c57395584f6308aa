// Checks that programs run in the browser as on Node: the same output, exit code, report and trace for the same seed.
//
//   npm run parity                                     all examples that do not need Node, three seeds each
//   npm run parity -- 01-basic-pool --seeds 5          the named examples
//   npm run parity -- --browser firefox                in Firefox or WebKit (webkit) instead of Chromium
//   npm run parity -- --jobs 4 --progress              four programs at a time, with a count and the differences as they are found
//   npm run parity -- --check                          the part of `npm run check`: one seed each, three for every tenth program, and
//                                                      nothing without a browser
//
// A report is compared without columns and names of functions, which a source map may change.

import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import type { Example } from "../../scripts/examples.ts";
import { selectExamples } from "../../scripts/select-examples.ts";
import { textTable } from "../../scripts/text-table.ts";
import { EngineBrowser } from "./browser.ts";
import { compareRuns, type Outcome } from "./compare.ts";
import { browserNames, missingBrowser, reasonToSkip } from "./drivers.ts";
import { runOnNode } from "./run-on-node.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: "string", default: "3" },
    browser: { type: "string", default: "chromium" },
    jobs: { type: "string", default: "2" },
    progress: { type: "boolean", default: false },
    check: { type: "boolean", default: false },
  },
});

const name = browserNames.find((known) => known === values.browser) ?? fail(`--browser: ${browserNames.join(", ")}`);
if (values.check) {
  const reason = reasonToSkip(name);
  if (reason !== undefined) {
    console.log(`Skipped: the parity of all examples in ${name}, because ${reason}`);
    process.exit();
  }
}
const missing = missingBrowser(name);
if (missing !== undefined) fail(missing);

/** In `--check`, the distance between two programs that run with all seeds. */
const sampleDistance = 10;

const needsNode = /from "(?!goro")/;
const seeds = Array.from({ length: Number(values.seeds) }, (_, index) => index + 1);

interface Task {
  readonly example: Example;
  readonly source: string;
  readonly seed: number;
}

const sources = new Map<Example, string>();
const skipped: string[] = [];
for (const example of await selectExamples(positionals)) {
  const source = await readFile(example.port, "utf8");
  if (needsNode.test(source)) skipped.push(example.name);
  else sources.set(example, source);
}
const tasks: Task[] = seeds.flatMap((seed) =>
  Array.from(sources, ([example, source]) => ({ example, source, seed })).filter(
    (_, index) => !values.check || seed === 1 || index % sampleDistance === 0,
  ),
);

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}

/** The beginning of a text, for a table. */
function shorten(text: string): string {
  return text.length <= 100 ? text : `${text.slice(0, 99)}…`;
}

/** A run that the page could not begin. */
function failedRun(error: unknown): Outcome {
  return { code: null, stdout: "", stderr: String(error), trace: null };
}

async function runInBrowser(browser: EngineBrowser, { source, seed }: Task): Promise<Outcome> {
  const { ending, code, output, trace, notices } = await browser.run(source, {
    seed,
    eventLimit: 1_000_000,
    outputLimit: Number.MAX_SAFE_INTEGER,
    loopLimit: 60_000,
    processors: availableParallelism(),
  });
  const textOf = (name: string): string => output.flatMap(({ stream, text }) => (stream === name ? text : [])).join("");
  const stderr = textOf("stderr") + (ending === "exited" ? "" : notices.join("\n"));
  return { code, stdout: textOf("stdout"), stderr, trace };
}

const rows: (readonly string[])[] = [["example", "seed", "differs in", "Node", "browser"]];
const different = new Set<string>();
let done = 0;
const browser = await EngineBrowser.open(name);
try {
  const queue = tasks.values();
  const work = async (): Promise<void> => {
    for (const task of queue) {
      const { example, seed } = task;
      const [node, page] = await Promise.all([
        runOnNode(example.port, seed),
        runInBrowser(browser, task).catch(failedRun),
      ]);
      const differences = compareRuns(node, page, {
        hasAsyncFrames: name === "chromium",
        source: name === "webkit" ? task.source : "",
      });
      if (differences.length > 0) different.add(example.name);
      if (values.progress) console.error(`${++done} of ${tasks.length}: ${example.name}`, ...differences);
      for (const { part, expected, actual } of differences) {
        rows.push([example.name, String(seed), part, shorten(expected), shorten(actual)]);
      }
    }
  };
  await Promise.all(Array.from({ length: Number(values.jobs) }, work));
  if (rows.length > 1) console.log(`${textTable(rows)}\n`);
  const equal = sources.size - different.size;
  console.log(
    `${browser.version}: ${equal} of ${sources.size} programs as on Node, ${tasks.length} runs` +
      (skipped.length === 0 ? "" : `; not run, because they need Node: ${skipped.join(", ")}`),
  );
} finally {
  await browser[Symbol.asyncDispose]();
}
process.exitCode = different.size === 0 ? 0 : 1;
