import type { Mistake } from "../../scripts/mistakes.ts";

export const mistakes: readonly Mistake[] = [
  {
    title: "Call pool without go",
    question: "Main calls the pool itself, before it starts to send. What does the pool wait for?",
    port: { find: "go(pool, jobs, results);", replace: "await pool(jobs, results);" },
    twin: { find: "go pool(jobs, results)", replace: "pool(jobs, results)" },
    output: [],
    failure: [
      "fatal error: all goroutines are asleep - deadlock!",
      "goroutine 1 [sync.WaitGroup.Wait]",
      "3 more [chan receive]",
      "exit status 2",
    ],
    explanation:
      "For its workers, which wait for jobs. Main would send the jobs, but main is inside the pool and waits for the workers.",
  },
  {
    title: "Forget to close the jobs",
    question: "All nine jobs are done. Which goroutines are left?",
    port: { find: "    jobs.close();\n", replace: "" },
    twin: { find: "\t\tclose(jobs)\n", replace: "" },
    lines: "any",
    output: [1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `${n} squared is ${n * n}`),
    failure: [
      "fatal error: all goroutines are asleep - deadlock!",
      "goroutine 1 [chan receive]",
      "3 more [chan receive]",
      "1 more [sync.WaitGroup.Wait]",
      "exit status 2",
    ],
    explanation:
      "All except the sender. The workers wait for a tenth job, the pool waits for the workers, and main waits for the pool to close the results.",
  },
];
