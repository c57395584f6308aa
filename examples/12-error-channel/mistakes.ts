import type { Mistake } from "../../scripts/mistakes.ts";

export const mistakes: readonly Mistake[] = [
  {
    title: "Read the results first",
    question: "Main reads all results and then the errors. How many workers reach the end of the jobs?",
    port: {
      find: "  while (results !== null || errs !== null) {",
      replace:
        "  for await (const result of results as ReceiveChannel<number>) {\n    console.log(`result: ${result}`);\n    succeeded++;\n  }\n  while (results !== null || errs !== null) {",
    },
    twin: {
      find: "\tfor results != nil || errs != nil {",
      replace:
        '\tfor result := range results {\n\t\tfmt.Printf("result: %d\\n", result)\n\t\tsucceeded++\n\t}\n\tfor results != nil || errs != nil {',
    },
    lines: "any",
    output: [1, 2, 4, 5, 7, 8].map((job) => `result: ${job * job}`),
    failure: [
      "fatal error: all goroutines are asleep - deadlock!",
      "goroutine 1 [chan receive]",
      "3 more [chan send]",
      "1 more [sync.WaitGroup.Wait]",
      "exit status 2",
    ],
    explanation:
      "None: each of the three errors blocks one worker in its send, and job 10 stays in the queue. Two channels without buffers must be read at the same time.",
  },
  {
    title: "Close only the results",
    question: "The closer forgets the errors. How far does the loop in main get?",
    port: { find: "    errs.close();\n", replace: "" },
    twin: { find: "\t\tclose(errs)\n", replace: "" },
    lines: "any",
    output: [
      ...[1, 2, 4, 5, 7, 8, 10].map((job) => `result: ${job * job}`),
      ...[3, 6, 9].map((job) => `error: job ${job}: multiples of 3 are refused`),
      "no more results",
    ],
    failure: ["fatal error: all goroutines are asleep - deadlock!", "goroutine 1 [select]", "exit status 2"],
    explanation:
      "It receives every value and every error, and then waits in the select for the end of the errors, which never comes.",
  },
];
