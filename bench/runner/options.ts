// The options of the command line.

import { resolve } from "node:path";
import { parseArgs } from "node:util";

/** The options of a run. */
export interface Options {
  /** The rows whose id contains one of these; all rows without any. */
  readonly filters: readonly string[];
  /** The implementations to measure; all without any. */
  readonly implementations: readonly string[];
  /** The processes for each row and implementation; with `against`, the rounds. */
  readonly repeats: number;
  /** Whether to measure the rows with sizes, each at its sizes. */
  readonly sizes: boolean;
  /** Whether to do a tenth of the work, which shows that the rows run, not how fast they are. */
  readonly quick: boolean;
  /** The commit to compare with; then only goro is measured. */
  readonly against: string | null;
  readonly json: string | null;
  readonly svg: string | null;
}

export const usage = `npm run bench [-- FILTER... [OPTION...]]

  FILTER                  the rows whose id contains it: select, timer, unbuffered
  --implementation NAME   this implementation only; may be repeated; go is one
  --repeats N             processes for each row and implementation; default 5, in a quick run 1
  --against COMMIT        compares goro with goro at that commit, in N >= 3 rounds
  --sizes                 the rows that show how cost grows, at 1,000 to 1,000,000
  --quick                 a tenth of the work: shows that the rows run, not how fast they are
  --json FILE             writes all samples
  --svg FILE              writes a chart`;

/**
 * Parses the command line.
 *
 * @throws {Error} for an unknown option, an invalid number, or fewer than three rounds with `--against`.
 */
export function parse(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      implementation: { type: "string", multiple: true, default: [] },
      repeats: { type: "string" },
      against: { type: "string" },
      sizes: { type: "boolean", default: false },
      quick: { type: "boolean", default: false },
      json: { type: "string" },
      svg: { type: "string" },
    },
  });
  const repeats = Number(values.repeats ?? (values.quick && values.against === undefined ? 1 : 5));
  if (!Number.isInteger(repeats) || repeats < 1)
    throw new Error(`--repeats must be an integer, at least 1\n\n${usage}`);
  if (values.against !== undefined && repeats < 3) throw new Error(`--against needs at least 3 rounds\n\n${usage}`);
  return {
    filters: positionals,
    implementations: values.implementation,
    repeats,
    against: values.against ?? null,
    sizes: values.sizes,
    quick: values.quick,
    json: fileOf(values.json),
    svg: fileOf(values.svg),
  };
}

/** Resolves a path as the user wrote it: npm changes the working directory. */
function fileOf(path: string | undefined): string | null {
  return path === undefined ? null : resolve(process.env["INIT_CWD"] ?? ".", path);
}
