// The end of the bundle: runs all tests, and tells the host how that went.

import { failLoose, handled, runAll } from "./harness.ts";
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
  readonly addEventListener?: (event: string, listener: (event: Loose) => void) => void;
}

interface Loose {
  readonly error?: unknown;
  readonly reason?: unknown;
  preventDefault(): void;
}

const { process, navigator, addEventListener } = globalThis as unknown as Host;

/**
 * Runs the tests. A process tells its outcome by its output and exit code; a page posts it to where it came from. Which test
 * runs is told too, on the side, for a host that hangs: by a process only with `--names`.
 */
export async function start(): Promise<void> {
  if (process !== undefined) {
    const onTest = (name: string): void => console.error(`RUN ${name}`);
    await endWith(process, () => runAll(process.argv.includes("--names") ? { onTest } : {}));
  }
  for (const event of ["error", "unhandledrejection"]) {
    addEventListener?.(event, (loose) => {
      loose.preventDefault();
      failLoose(loose.error ?? loose.reason);
    });
  }
  const report = await runAll({ onTest: (name) => navigator?.sendBeacon?.("/running", name) });
  await fetch("/report", { method: "POST", body: JSON.stringify(report) });
}

/** Ends `process` with what `run` reports, as output and exit code. A run that ends in any other way has failed. */
export async function endWith(process: Process, run: () => Promise<Report>): Promise<never> {
  process.exitCode = 1;
  process.on("uncaughtException", (error) => failLoose(error));
  process.on("unhandledRejection", failLoose);
  process.on("rejectionHandled", handled);
  const report = await run();
  console.log(toText(report));
  return process.exit(report.failures.length === 0 ? 0 : 1);
}
