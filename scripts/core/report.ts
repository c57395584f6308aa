// The report of a run of the bundle, which its host sends to this program.

/** A failed test. */
export interface Failure {
  readonly name: string;
  readonly error: string;
}

/** The result of a run. */
export interface Report {
  readonly passed: number;
  readonly failures: readonly Failure[];
  /** The number of tests that need a feature that the host does not have. */
  readonly skipped: number;
}

/** The report as text: each failure, followed by a line with the counts. */
export function toText({ passed, failures, skipped }: Report): string {
  const parts = failures.map(({ name, error }) => `FAIL ${name}\n${error}\n`);
  return [...parts, `${passed} passed, ${failures.length} failed, ${skipped} skipped`].join("\n");
}

/** The counts at the end of the output of a run, as printed by `toText`; undefined if they are missing. */
export function countsOf(output: string): { passed: number; failed: number; skipped: number } | undefined {
  const match = /^(\d+) passed, (\d+) failed, (\d+) skipped\s*$/m.exec(output.trimEnd().split("\n").at(-1) ?? "");
  if (match === null) return undefined;
  const [passed = 0, failed = 0, skipped = 0] = match.slice(1).map(Number);
  return { passed, failed, skipped };
}
