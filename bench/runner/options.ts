// What the command line asks for.

import { parseArgs } from "node:util";

/** How a run is done, and where its report goes. */
export interface Options {
  /** Only rows of which one of these is part of the id; all rows if there are none. */
  readonly filters: readonly string[];
  /** Only these contenders; all if there are none. */
  readonly contenders: readonly string[];
  readonly repeats: number;
  /** Only the rows that show how cost grows, each at its sizes. */
  readonly sizes: boolean;
  /** A tenth of the work: to see that everything runs, not how fast. */
  readonly quick: boolean;
  readonly json: string | null;
  readonly svg: string | null;
}

export const usage = `npm run bench [-- FILTER... [OPTION...]]

  FILTER             only rows whose id has it as a part: select, timer, unbuffered
  --contender NAME   only this contender (and again for more); go is one
  --repeats N        processes for each row and contender, 5 if not given
  --sizes            the rows that show how cost grows, at 1,000 to 1,000,000
  --quick            a tenth of the work: to see that it runs, not how fast
  --json FILE        writes all samples
  --svg FILE         writes a chart`;

/** Errors: throws if there is an option that it does not know, or a number that is none. */
export function parse(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      contender: { type: "string", multiple: true, default: [] },
      repeats: { type: "string" },
      sizes: { type: "boolean", default: false },
      quick: { type: "boolean", default: false },
      json: { type: "string" },
      svg: { type: "string" },
    },
  });
  const repeats = Number(values.repeats ?? (values.quick ? 1 : 5));
  if (!Number.isInteger(repeats) || repeats < 1) throw new Error(`--repeats must be a whole number from 1\n\n${usage}`);
  return {
    filters: positionals,
    contenders: values.contender,
    repeats,
    sizes: values.sizes,
    quick: values.quick,
    json: values.json ?? null,
    svg: values.svg ?? null,
  };
}
