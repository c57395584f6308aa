// The places where a word of the list is right, each with the reason.

/** A place where a word of the list is right. */
export interface Allowance {
  /** The path of the file from the root; a folder ends with `/`. */
  readonly file: string;
  /** A text on the line of the word, or on the next; without it, every line of the file is allowed. */
  readonly text?: string;
  readonly reason: string;
}

export const allowances: readonly Allowance[] = [
  { file: "scripts/prose/allowances.ts", text: "cancelled", reason: "this list" },
  { file: "ARCHITECTURE.md", text: "## What is not here", reason: "a heading, which is not a sentence" },
  { file: "test/scripts/prose.test.ts", reason: "the sentences that the check has to find" },
  { file: "test/conformance/goroutine.test.ts", text: "hello,", reason: "the values of Go's own tests" },
  { file: "test/conformance/goroutine.test.ts", text: "true, false, 1.5", reason: "the values of Go's own tests" },
  { file: "CHANGELOG.md", text: '"cancelled"', reason: "the status of earlier versions" },
  { file: "src/trace/format.ts", text: "cancelled", reason: "the status in traces of version 1" },
  { file: "src/trace/parse.ts", text: "cancelled", reason: "the status in traces of version 1" },
  { file: "test/trace/schema.test.ts", text: "cancelled", reason: "the status in traces of version 1" },
];
