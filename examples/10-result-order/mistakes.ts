import type { Mistake } from "../../scripts/mistakes.ts";

export const mistakes: readonly Mistake[] = [
  {
    title: "Append instead of setting the slot",
    question: "Each result is appended to restored, which already has six slots. What does restored contain?",
    port: { find: "restored[r.index] = r.name;", replace: "restored.push(r.name);" },
    twin: { find: "restored[r.index] = r.name", replace: "restored = append(restored, r.name)" },
    output: [
      "submitted: a b c d e f",
      "completed: c b d e a f",
      "received:  c b d e a f",
      "restored:        c b d e a f",
    ],
    explanation:
      "Six empty strings, and after them the names in the order of their arrival. Only the index that a job carries puts its result in order.",
  },
  {
    title: "Wait before reading",
    question: "Main waits for the workers before it reads. What do the workers wait for?",
    port: {
      find: "  go(async () => {\n    await wg.wait();\n    results.close();\n  });",
      replace: "  await wg.wait();\n  results.close();",
    },
    twin: {
      find: "\tgo func() {\n\t\twg.Wait()\n\t\tclose(results)\n\t}()",
      replace: "\twg.Wait()\n\tclose(results)",
    },
    output: [],
    failure: [
      "fatal error: all goroutines are asleep - deadlock!",
      "goroutine 1 [sync.WaitGroup.Wait]",
      "3 more [chan send]",
      "exit status 2",
    ],
    explanation:
      "For main: each worker waits in the send of its first result, because the channel has no buffer and main does not receive yet.",
  },
];
