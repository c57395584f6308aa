// The page of the matrix, docs/compatibility.md, from the results of a run.

import { markdownTable } from "../markdown.ts";
import type { Section } from "./host.ts";
import type { Results, RowResult } from "./results.ts";

/** What the page says about a section besides its table. */
const introductions: Readonly<Record<Section, string>> = {
  TypeScript:
    "Programs that import every entry point are compiled with `--strict` and `@types/node`, with and without the DOM in `--lib`, and without " +
    "`skipLibCheck`, so that the declarations of goro are checked, too. With `skipLibCheck`, another program must not compile: no type is `any`. TypeScript 5.6 is in the check, without " +
    "`goro/bullmq`.",
  Runtimes:
    "`import` runs the cases; `require` checks that `require` and `import` load one instance; a file with types runs without a build step.",
  Browsers: "The cases run in a page without a window.",
  Bundlers:
    "The cases are bundled without a warning, minified and not minified, and run in Node (`iife` is built for browsers).",
  Vite: "The builds and the servers of Vite run the cases in Chromium and in Node.",
  "Next.js":
    "A production build serves the cases in a route of the app router, in one of the pages router, and in a client component in Chromium.",
  Jest: "The cases run beside the modern and the legacy fake timers of jest. A panic in a goroutine fails the test.",
  Vitest: "The cases run beside the fake timers of vitest. A panic in a goroutine fails the test.",
  "Other test runners": "The cases run beside the fake timers of sinon, and the mock timers of Node.",
};

/** Returns the page of `results`. */
export function compatibilityPage({ rows, machine, node }: Results): string {
  const sections = [...new Set(rows.map(({ section }) => section))];
  const limits = limitsOf(rows);
  const titles = [...sections, ...(limits.length > 0 ? [limitsTitle] : [])];
  const [goro, dates] = [distinct(rows.map((row) => row.goro)), distinct(rows.map(({ date }) => date))];
  const parts = [
    "# Where goro runs",
    "<!-- `npm run index` writes this page from compat/results.json. -->",
    wrap(
      `The packed library, goro ${goro.join(" and ")}, in the hosts that people use it with, on ${dates.join(" and ")}, ${machine}. A host without ` +
        `a Node of its own ran in Node ${node}. A cell has the number of the checks that passed, of all. The cases use ${features}.`,
    ),
    wrap(
      "`npm run matrix` repeats this, and `npm run matrix -- vite next16` a part of it. It installs the hosts outside the project, except " +
        "browsers; `-- --json compat/results.json` and `npm run index` renew this page. `npm run compat`, in the check, runs those of the hosts " +
        "whose versions `compat/package-lock.json` fixes.",
    ),
    titles.map((title) => `- [${title}](#${anchorOf(title)})`).join("\n"),
    ...sections.flatMap((section) => sectionOf(section, rows, limits)),
    ...(limits.length > 0 ? [`## ${limitsTitle}`, limitsTable(rows, limits)] : []),
  ];
  return `${parts.join("\n\n")}\n`;
}

const limitsTitle = "Limits";

const features =
  "a worker pool, `select`, contexts, timers, signals, events, a pipeline of `goro/pipeline`, a bubble of `goro/testing` and a recording of `goro/trace`, " +
  "and check that a dependency which imports goro has the same instance";

function sectionOf(section: Section, all: readonly RowResult[], limits: readonly string[]): string[] {
  const rows = all.filter((row) => row.section === section);
  const setups = distinct(rows.map(({ setup }) => setup)).filter((setup) => setup !== "");
  const lines = distinct(rows.map(lineOf)).map((line) => {
    const own = rows.filter((row) => lineOf(row) === line);
    // A host that is not here has one row, without a set-up.
    const cells = own[0]?.setup === "" ? ["not run"] : setups.map((name) => cellOf(rowOf(own, name), limits));
    return [line, ...cells, ...setups.slice(cells.length).map(() => "")];
  });
  const absent = rows.filter(({ status }) => status === "not here");
  const notes = absent.map(({ host, setup, why = "" }) =>
    wrap(`- ${host}${setup && `, ${setup}`}: not run here: ${why}`),
  );
  return [
    `## ${section}`,
    wrap(introductions[section]),
    markdownTable([["", ...setups], ...lines]),
    ...(notes.length > 0 ? [notes.join("\n")] : []),
  ];
}

/** Returns the first cell of the line of a row. */
function lineOf({ host, title, version, variant }: RowResult): string {
  const name = version === "" ? host : `${title} ${version}`;
  return variant === undefined ? name : `${name}, ${variant}`;
}

function rowOf(rows: readonly RowResult[], setup: string): RowResult | undefined {
  return rows.find((row) => row.setup === setup);
}

function cellOf(row: RowResult | undefined, limits: readonly string[]): string {
  if (row === undefined) return "";
  const { status, passed, failed, why = "" } = row;
  if (status === "not here") return "not run";
  if (status === "limit") return `no [(${limits.indexOf(why) + 1})](#${anchorOf(limitsTitle)})`;
  return `${status === "fails" ? "**fails**, " : ""}${passed} of ${passed + failed}`;
}

/** Returns the reasons for which set-ups do not work. Several rows can share one. */
function limitsOf(rows: readonly RowResult[]): string[] {
  return distinct(rows.filter(({ status }) => status === "limit").map(({ why = "" }) => why));
}

function limitsTable(rows: readonly RowResult[], limits: readonly string[]): string {
  const lines = limits.map((why, i) => [`${i + 1}`, why, rows.find((row) => row.why === why)?.instead ?? ""]);
  return markdownTable([["", "why", "what to do"], ...lines]);
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)];
}

/** Breaks a paragraph into lines of at most 140 characters. */
function wrap(text: string): string {
  return text.replaceAll(/(.{1,140})(?: |$)/g, "$1\n").trimEnd();
}

function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\w -]/g, "")
    .replaceAll(" ", "-");
}
