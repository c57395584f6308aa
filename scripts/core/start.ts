// The end of the bundle: runs all tests, and reports the result to the host.

import { markHandled, reportUnhandled, runAll } from "./harness.ts";
import { type Report, toText } from "./report.ts";

interface Process {
  readonly argv: readonly string[];
  exitCode?: number | string | null | undefined;
  on(event: string, listener: (error: unknown, promise?: unknown) => void): void;
  exit(code: number): never;
}

interface Host {
  readonly process?: Process;
  readonly navigator?: { sendBeacon?(path: string, text: string): boolean };
  readonly addEventListener?: (event: string, listener: (event: UnhandledEvent) => void) => void;
}

interface UnhandledEvent {
  readonly error?: unknown;
  readonly reason?: unknown;
  preventDefault(): void;
}

const { process, navigator, addEventListener } = globalThis as unknown as Host;

/**
 * Runs the tests. A process reports the result by its output and exit code; a page posts it to its server. The name of each
 * running test is reported too, so that a hanging test can be identified: by a process only with `--names`.
 */
export async function start(): Promise<void> {
  if (process !== undefined) {
    const onTest = (name: string): void => console.error(`RUN ${name}`);
    await endWith(process, () => runAll(process.argv.includes("--names") ? { onTest } : {}));
  }
  for (const type of ["error", "unhandledrejection"]) {
    addEventListener?.(type, (event) => {
      event.preventDefault();
      reportUnhandled(event.error ?? event.reason);
    });
  }
  const report = await runAll({ onTest: (name) => navigator?.sendBeacon?.("/running", name) });
  await fetch("/report", { method: "POST", body: JSON.stringify(report) });
}

/** Ends `process` with the report of `run` as output and exit code. A run without a report has failed. */
export async function endWith(process: Process, run: () => Promise<Report>): Promise<never> {
  process.exitCode = 1;
  process.on("uncaughtException", (error) => reportUnhandled(error));
  process.on("unhandledRejection", reportUnhandled);
  process.on("rejectionHandled", markHandled);
  const report = await run();
  console.log(toText(report));
  return process.exit(report.failures.length === 0 ? 0 : 1);
}
