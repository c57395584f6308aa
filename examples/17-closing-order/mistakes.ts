import type { Mistake } from "../../scripts/mistakes.ts";

export const mistakes: readonly Mistake[] = [
  {
    title: "Close before the wait",
    question: "The goroutine closes the results first and waits afterwards. How many results does main read?",
    port: { find: "    await wg.wait();\n", replace: "    results.close();\n    await wg.wait();\n" },
    twin: { find: "\t\twg.Wait()\n", replace: "\t\tclose(results)\n\t\twg.Wait()\n" },
    output: ["1. close the jobs", "4. the reader has 0 results"],
    explanation:
      "None: the loop in main ends at once, and the program ends with it. It does so before the first job is done; otherwise the send of a worker would panic.",
  },
  {
    title: "Wait in main",
    question: "Main runs the steps 2 and 3 itself. Which jobs are done before everything stops?",
    port: {
      find: `go(async () => {
    await wg.wait();
    console.log("2. all workers have ended");
    console.log("3. close the results");
    results.close();
  });`,
      replace: `await wg.wait();
  console.log("2. all workers have ended");
  console.log("3. close the results");
  results.close();`,
    },
    twin: {
      find: 'go func() {\n\t\twg.Wait()\n\t\tfmt.Println("2. all workers have ended")\n\t\tfmt.Println("3. close the results")\n\t\tclose(results)\n\t}()',
      replace:
        'wg.Wait()\n\tfmt.Println("2. all workers have ended")\n\tfmt.Println("3. close the results")\n\tclose(results)',
    },
    output: ["1. close the jobs", "job 2 is done", "job 1 is done", "job 3 is done"],
    failure: [
      "fatal error: all goroutines are asleep - deadlock!",
      "goroutine 1 [sync.WaitGroup.Wait]",
      "3 more [chan send]",
      "exit status 2",
    ],
    explanation:
      "One job of each worker. The order of the steps is right, but main is the reader: the workers wait for main, and main waits for the workers.",
  },
];
