// A Jest reporter that lists skipped tests in the last lines of a run, with the reason that the names of their suites have.

import { relative } from "node:path";

/** Returns a line for each file and reason of skipped tests. A test that has no reason in its name is listed by its name. */
export function skipLines(results, folder) {
  const counts = new Map();
  for (const { testFilePath, testResults } of results) {
    for (const { status, ancestorTitles, title } of testResults) {
      if (status !== "pending") continue;
      const file = relative(folder, testFilePath).replaceAll("\\", "/");
      const titles = [...ancestorTitles, title];
      const [, engine, reason] =
        titles.map((text) => /\bon (\w+), skipped because (.*)$/.exec(text)).find(Boolean) ?? [];
      const text =
        reason === undefined ? `of ${file} (${titles.join(" ")})` : `of ${file} on ${engine}, because ${reason}`;
      counts.set(text, (counts.get(text) ?? 0) + 1);
    }
  }
  return [...counts].map(([text, count]) => `Skipped: ${count} ${count === 1 ? "test" : "tests"} ${text}`);
}

export default class SkipReporter {
  #folder;

  constructor({ rootDir }) {
    this.#folder = rootDir;
  }

  onRunComplete(_contexts, { testResults }) {
    // A pattern on the command line skips tests on purpose.
    if (process.argv.some((arg) => /^(-t|--testNamePattern)/.test(arg))) return;
    const lines = skipLines(testResults, this.#folder);
    if (lines.length === 0) return;
    // After the summary of Jest, which is on stderr, too, and comes after that of each reporter.
    process.once("exit", () => process.stderr.write(`\n${lines.join("\n")}\n`));
  }
}
