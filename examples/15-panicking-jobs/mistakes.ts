import type { Mistake } from "../../scripts/mistakes.ts";

export const mistakes: readonly Mistake[] = [
  {
    title: "Return after a failed job",
    question: "A worker returns after its first failed job, and two jobs fail early. How many jobs have a result?",
    port: {
      find: "await results.send(await runGuarded(job));",
      replace: "const r = await runGuarded(job);\n    await results.send(r);\n    if (r.err) return;",
    },
    twin: {
      find: "results <- runGuarded(job)",
      replace: "r := runGuarded(job)\n\t\tresults <- r\n\t\tif r.err != nil {\n\t\t\treturn\n\t\t}",
    },
    lines: "any",
    output: [
      "job 1: 1",
      "job 2: panic: no paper",
      "job 3: 9",
      "job 4: panic: no paper",
      "2 workers, 8 jobs: 2 good, 2 panicked",
    ],
    explanation:
      "Four: jobs 2 and 4 end the two workers, and jobs 5 to 8 stay in the queue. The guard belongs around one job, and the loop must continue.",
  },
  {
    title: "Forget the error",
    question: "The guard recovers the panic but returns no error. What does main count?",
    port: {
      find: "return { job, err: new Error(`panic: ${(err as Error).message}`, { cause: err }) };",
      replace: "return { job, value: 0 };",
    },
    twin: { find: 'r = result{job: job, err: fmt.Errorf("panic: %v", p)}', replace: "r = result{job: job}" },
    lines: "any",
    output: [
      ...[1, 3, 5, 7, 8].map((job) => `job ${job}: ${job * job}`),
      ...[2, 4, 6].map((job) => `job ${job}: 0`),
      "2 workers, 8 jobs: 8 good, 0 panicked",
    ],
    explanation:
      "Eight good jobs, three of them with the value 0. A recovered panic that is not reported looks like a success.",
  },
];
