import type { Mistake } from "../../scripts/mistakes.ts";

export const mistakes: readonly Mistake[] = [
  {
    title: "Count each worker twice",
    question: "The loop adds each worker again. When does the wait return?",
    port: { find: "go(worker, id, wg, jobs, results);", replace: "wg.add(1);\n    go(worker, id, wg, jobs, results);" },
    twin: { find: "go worker(id, &wg, jobs, results)", replace: "wg.Add(1)\n\t\tgo worker(id, &wg, jobs, results)" },
    lines: "any",
    masks: [[/ by worker [123]$/, " by worker W"]],
    output: [1, 2, 3, 4, 5, 6, 7, 8, 9].map((job) => `job ${job} by worker 1`),
    failure: [
      "fatal error: all goroutines are asleep - deadlock!",
      "goroutine 1 [chan receive]",
      "1 more [sync.WaitGroup.Wait]",
      "exit status 2",
    ],
    explanation:
      "Never: the counter begins at six, and three workers subtract one each. So the results are never closed, and main waits for a tenth result.",
  },
  {
    title: "Close the results with the jobs",
    question: "The sender closes both channels after its last send. How many of the nine results arrive?",
    port: { find: "    jobs.close();\n", replace: "    jobs.close();\n    results.close();\n" },
    twin: { find: "\t\tclose(jobs)\n", replace: "\t\tclose(jobs)\n\t\tclose(results)\n" },
    lines: "any",
    masks: [[/ by worker [123]$/, " by worker W"]],
    output: [...[1, 2, 3, 4, 5, 6].map((job) => `job ${job} by worker 1`), "6 jobs done"],
    explanation:
      "Six: the workers still have jobs 7 to 9 when the results are closed. Main reports fewer jobs and returns; if it ran longer, the workers would panic in their sends.",
  },
];
