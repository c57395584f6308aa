import type { Mistake } from "../../../scripts/mistakes.ts";

export const mistakes: readonly Mistake[] = [
  {
    title: "Do not wait",
    question: "Which workers are done when main says so?",
    port: { find: "  await wg.wait();\n", replace: "" },
    twin: { find: "\twg.Wait()\n", replace: "" },
    output: ["main: all workers are done"],
    explanation: "None: without the wait, main returns at once, and the program ends before the first worker is done.",
  },
  {
    title: "Count one too many",
    question: "The counter starts at one instead of zero. When does the wait return?",
    port: { find: "const wg = new WaitGroup();", replace: "const wg = new WaitGroup();\n  wg.add(1);" },
    twin: { find: "var wg sync.WaitGroup", replace: "var wg sync.WaitGroup\n\twg.Add(1)" },
    lines: "any",
    output: ["worker 1 is done", "worker 2 is done", "worker 3 is done"],
    failure: [
      "fatal error: all goroutines are asleep - deadlock!",
      "goroutine 1 [sync.WaitGroup.Wait]",
      "exit status 2",
    ],
    explanation:
      "Never: three workers return, and the counter stays at one. Each add needs a matching done; wg.go calls both.",
  },
  {
    title: "Wait inside the loop",
    question: "Do the workers still run at the same time?",
    port: { find: "    });\n", replace: "    });\n    await wg.wait();\n" },
    twin: { find: "\t\t})\n", replace: "\t\t})\n\t\twg.Wait()\n" },
    output: ["worker 1 is done", "worker 2 is done", "worker 3 is done", "main: all workers are done"],
    explanation:
      "No: main waits for each worker before it starts the next one. The program takes 300 ms instead of 100 ms.",
  },
];
