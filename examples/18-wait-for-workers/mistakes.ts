import type { Mistake } from "../../scripts/mistakes.ts";

export const mistakes: readonly Mistake[] = [
  {
    title: "Remove the wait from the pool",
    question: "The pool starts its workers and returns. What is missing at the end?",
    port: { find: "  await wg.wait();\n", replace: "" },
    twin: { find: "\twg.Wait()\n", replace: "" },
    output: ["all 6 results are here, live workers: 3", "the pool has returned, live workers: 3"],
    explanation:
      "The lines of the cleanup: three workers are in the middle of it when main returns. A file would be incomplete, or a connection would stay open.",
  },
  {
    title: "Wait for the pool instead of the results",
    question: "Main does not read the results and waits for the pool. Can the pool return?",
    port: {
      find: "for (let i = 1; i <= numJobs; i++) {\n    await results.receive();\n  }",
      replace: "await returned.receive();",
    },
    twin: { find: "for range numJobs {\n\t\t<-results\n\t}", replace: "<-returned" },
    output: [],
    failure: [
      "fatal error: all goroutines are asleep - deadlock!",
      "goroutine 1 [chan receive]",
      "3 more [chan send]",
      "1 more [sync.WaitGroup.Wait]",
      "exit status 2",
    ],
    explanation:
      "No: each worker waits in the send of its first result, so no worker returns. The results must be read, even if their values are not used.",
  },
];
