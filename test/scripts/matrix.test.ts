// The results of the matrix, and the page that is generated from them.

import { readFile } from "node:fs/promises";
import { describe, expect, test } from "@jest/globals";
import { counts, printsCases, shows, total } from "../../scripts/matrix/host.ts";
import { hosts } from "../../scripts/matrix/hosts.ts";
import { compatibilityPage } from "../../scripts/matrix/page.ts";
import { mergeRows, readResults, resultsFile, type RowResult } from "../../scripts/matrix/results.ts";

const row = (host: string, setup: string, more: Partial<RowResult> = {}): RowResult => ({
  host,
  section: "Vite",
  title: host,
  version: "1.2.3",
  setup,
  checks: "9 cases",
  status: "works",
  passed: 9,
  failed: 0,
  date: "2026-01-02",
  goro: "1.0.0",
  ms: 1,
  ...more,
});

const pageOf = (...rows: RowResult[]): string => compatibilityPage({ machine: "linux x64", node: "20.19.0", rows });

describe("the page", () => {
  test("docs/compatibility.md is that of compat/results.json", async () => {
    const page = await readFile(new URL("../../docs/compatibility.md", import.meta.url), "utf8");
    expect(page).toBe(compatibilityPage(await readResults(resultsFile)));
  });

  test("compat/results.json has a result of each host, and no failure", async () => {
    const { rows } = await readResults(resultsFile);
    expect([...new Set(rows.map(({ host }) => host))]).toEqual(hosts.map(({ key }) => key));
    expect(rows.filter(({ status }) => status === "fails")).toEqual([]);
  });

  test("a table has a line for each version and a column for each set-up", () => {
    const page = pageOf(
      row("vite5", "build"),
      row("vite5", "dev"),
      row("vite6", "dev", { passed: 8, failed: 1, status: "fails" }),
    );
    expect(page).toContain("|             | build  | dev               |\n");
    expect(page).toContain("| vite5 1.2.3 | 9 of 9 | 9 of 9            |\n");
    expect(page).toContain("| vite6 1.2.3 |        | **fails**, 8 of 9 |\n");
  });

  test("a set-up that does not work has the number of its reason, which several share", () => {
    const limit = { status: "limit", passed: 1, why: "It is old.", instead: "a newer one" } as const;
    const page = pageOf(row("vite5", "dev", limit), row("vite6", "dev", limit), row("vite7", "dev"));
    expect(page.match(/no \[\(1\)\]\(#limits\)/g)).toHaveLength(2);
    expect(page.match(/\| 1 {3}\| It is old\. \| a newer one \|/g)).toHaveLength(1);
    expect(page).toContain("- [Limits](#limits)\n");
  });

  test("a host that is not here is in the table, with the reason below it", () => {
    const why = "npm cannot install vite 9: E404";
    const page = pageOf(row("vite5", "dev"), row("vite9", "", { version: "", status: "not here", passed: 0, why }));
    expect(page).toContain("| vite9       | not run |");
    expect(page).toContain(`- vite9: not run here: ${why}\n`);
  });

  test("a host with several variants has a line for each", () => {
    const page = pageOf(row("next", "dev", { variant: "webpack" }), row("next", "dev", { variant: "Turbopack" }));
    expect(page).toContain("| next 1.2.3, webpack   | 9 of 9 |\n| next 1.2.3, Turbopack | 9 of 9 |\n");
  });

  test("the outline links to each section", () => {
    const page = pageOf(
      row("next", "dev", { section: "Next.js" }),
      row("mocha", "ESM", { section: "Other test runners" }),
    );
    expect(page).toContain("- [Next.js](#nextjs)\n- [Other test runners](#other-test-runners)\n");
  });
});

describe("the results", () => {
  test("a run of one host replaces its rows, and keeps those of the others in the order of the hosts", () => {
    const old = [row("a", "x"), row("b", "x"), row("b", "y"), row("gone", "x"), row("c", "x")];
    const merged = mergeRows(old, [row("b", "z")], ["a", "b", "c"]);
    expect(merged.map(({ host, setup }) => host + setup)).toEqual(["ax", "bz", "cx"]);
  });

  test("a key selects one host", () => {
    const keys = hosts.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe("the parsers", () => {
  const end = (stdout: string, code = 0, stderr = ""): { code: number; stdout: string; stderr: string } => ({
    code,
    stdout,
    stderr,
  });

  test("a run with too few tests, or with a failure that is not counted, fails", () => {
    const score = counts(/(\d+) passed/, /(\d+) failed/, 3);
    expect(score(end("3 passed"))).toEqual({ passed: 3, failed: 0 });
    expect(score(end("2 passed"))).toEqual({ passed: 2, failed: 1 });
    expect(score(end("3 passed", 1))).toEqual({ passed: 3, failed: 1 });
    expect(score(end("2 passed, 4 failed", 1))).toEqual({ passed: 2, failed: 4 });
  });

  test("a pattern and the exit code must both be right", () => {
    expect(shows(0, /yes/)(end("yes"))).toEqual({ passed: 1, failed: 0 });
    expect(shows(0, /yes/)(end("yes", 1))).toEqual({ passed: 0, failed: 1 });
    expect(shows("failure", /yes/)(end("no", 1))).toEqual({ passed: 0, failed: 1 });
    expect(shows("failure", /yes/)(end("", 1, "yes"))).toEqual({ passed: 1, failed: 0 });
  });

  test("a program must print all cases and no warning", () => {
    const nine = "case\n".repeat(9);
    expect(printsCases(end(nine))).toEqual({ passed: 9, failed: 0 });
    expect(printsCases(end(nine, 0, "a warning"))).toEqual({ passed: 0, failed: 1 });
    expect(printsCases(end("case\n"))).toEqual({ passed: 0, failed: 1 });
  });

  test("the checks of a row are added, with the details of those that failed", async () => {
    const results = [
      { passed: 2, failed: 0, detail: "a" },
      { passed: 0, failed: 1, detail: "b" },
      { passed: 0, failed: 2, detail: "c" },
    ];
    expect(await total(results.map((result) => async () => result))).toEqual({ passed: 2, failed: 3, detail: "b\nc" });
  });
});
