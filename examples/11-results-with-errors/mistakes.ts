import type { Mistake } from "../../scripts/mistakes.ts";

export const mistakes: readonly Mistake[] = [
  {
    title: "Drop the failed jobs",
    question: "A worker skips the send of a failed job. What does the summary say?",
    port: { find: "result = { job: j, err: err as Error };", replace: "continue;" },
    twin: { find: "results <- result{job: j, err: err}", replace: "continue" },
    lines: "any",
    output: [...[1, 3, 5, 7, 9].map((id) => `job ${id} succeeded: number ${id} is fine`), "5 succeeded, 0 failed"],
    explanation:
      "That no job has failed. An error without a result is lost, and only the number of results shows that jobs are missing.",
  },
  {
    title: "Forget to close the results",
    question: "The closer only waits. Which line is missing from the output?",
    port: { find: "    results.close();\n", replace: "" },
    twin: { find: "\t\tclose(results)\n", replace: "" },
    lines: "any",
    output: [
      ...[1, 3, 5, 7, 9].map((id) => `job ${id} succeeded: number ${id} is fine`),
      ...[2, 4, 6, 8, 10].map((id) => `failed: job ${id}: even numbers are refused`),
    ],
    failure: ["fatal error: all goroutines are asleep - deadlock!", "goroutine 1 [chan receive]", "exit status 2"],
    explanation:
      "The summary: all workers have returned, and main is the only goroutine left, in a loop that waits for an eleventh result.",
  },
];
