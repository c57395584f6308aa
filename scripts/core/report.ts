// How a run of the bundle has ended, as it passes from the host that ran it to the people who asked.

/** A test that has failed. */
export interface Failure {
  readonly name: string;
  readonly error: string;
}

/** How a run has ended. */
export interface Report {
  readonly passed: number;
  readonly failures: readonly Failure[];
  /** How many tests need what the host does not have. */
  readonly skipped: number;
}

/** The report for people: each failure, and at the end one line with the counts. */
export function toText({ passed, failures, skipped }: Report): string {
  const parts = failures.map(({ name, error }) => `FAIL ${name}\n${error}\n`);
  return [...parts, `${passed} passed, ${failures.length} failed, ${skipped} skipped`].join("\n");
}

/** What the output of a run says, which has ended in `toText`; undefined if it does not end so. */
export function countsOf(output: string): { passed: number; failed: number; skipped: number } | undefined {
  const match = /^(\d+) passed, (\d+) failed, (\d+) skipped\s*$/m.exec(output.trimEnd().split("\n").at(-1) ?? "");
  if (match === null) return undefined;
  const [passed = 0, failed = 0, skipped = 0] = match.slice(1).map(Number);
  return { passed, failed, skipped };
}
