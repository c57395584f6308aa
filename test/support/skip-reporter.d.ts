// The types of skip-reporter.js, which Jest loads without a compiler.

/** The parts of the results of a test file that the reporter uses. */
interface FileResult {
  readonly testFilePath: string;
  readonly testResults: readonly {
    readonly status: string;
    readonly ancestorTitles: readonly string[];
    readonly title: string;
  }[];
}

export function skipLines(results: readonly FileResult[], folder: string): string[];
