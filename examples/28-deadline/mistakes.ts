import type { Mistake } from "../../scripts/mistakes.ts";

export const mistakes: readonly Mistake[] = [
  {
    title: "Return at the deadline",
    question: "A worker returns at the deadline instead of taking the remaining jobs. Which jobs have no result?",
    port: { find: "await results.send({ job, err });\n      continue;", replace: "return;" },
    twin: { find: "results <- result{job, err}\n\t\t\tcontinue", replace: "return" },
    lines: "any",
    output: [
      ...[1, 2, 3, 4, 5, 6].map((job) => `job ${job}: done`),
      "job 7: context deadline exceeded",
      "job 8: context deadline exceeded",
      "6 of 10 done: context deadline exceeded",
    ],
    explanation:
      "Jobs 9 and 10. Jobs 7 and 8 were running at the deadline, so their workers still report them, but the queued jobs are lost.",
  },
  {
    title: "A job that ignores its context",
    question: "A job sleeps for its whole time. Does the batch still end after 500 ms?",
    port: {
      find: `const s = await select({ after: receive(time.after(150 * time.millisecond)), done: receive(ctx.done()) });
  switch (s.case) {
    case "after":
      return undefined;
    case "done":
      return ctx.err();
  }`,
      replace: "await time.sleep(150 * time.millisecond);\n  return undefined;",
    },
    twin: {
      find: "select {\n\tcase <-time.After(150 * time.Millisecond):\n\t\treturn nil\n\tcase <-ctx.Done():\n\t\treturn ctx.Err()\n\t}",
      replace: "time.Sleep(150 * time.Millisecond)\n\treturn nil",
    },
    lines: "any",
    output: [
      ...[1, 2, 3, 4, 5, 6, 7, 8].map((job) => `job ${job}: done`),
      "job 9: context deadline exceeded",
      "job 10: context deadline exceeded",
      "8 of 10 done: context deadline exceeded",
    ],
    explanation:
      "No, after 600 ms: the jobs that run at the deadline finish first. A context ends only the waits in which it is a case.",
  },
];
