import type { Mistake } from "../../scripts/mistakes.ts";

export const mistakes: readonly Mistake[] = [
  {
    title: "Channels without room",
    question: "Both channels lose their buffers. Where does main stop?",
    port: {
      find: "const jobs = new Channel<number>(numJobs);\n  const results = new Channel<number>(numJobs);",
      replace: "const jobs = new Channel<number>();\n  const results = new Channel<number>();",
    },
    twin: {
      find: "jobs := make(chan int, numJobs)\n\tresults := make(chan int, numJobs)",
      replace: "jobs := make(chan int)\n\tresults := make(chan int)",
    },
    lines: "any",
    masks: [[/^Worker \d/, "Worker W"]],
    output: [
      "Worker 1 started job 1",
      "Worker 2 started job 2",
      "Worker 3 started job 3",
      "Worker 1 finished job 1",
      "Worker 2 finished job 2",
      "Worker 3 finished job 3",
    ],
    failure: [
      "fatal error: all goroutines are asleep - deadlock!",
      "goroutine 1 [chan send]",
      "3 more [chan send]",
      "exit status 2",
    ],
    explanation:
      "At the fourth job. Main sends all jobs before it receives a result, so the three workers wait in the sends of their first results.",
  },
  {
    title: "Expect one result too many",
    question: "Ten jobs are sent, and main receives eleven times. What does the eleventh receive return?",
    port: { find: "i <= numJobs", replace: "i <= numJobs + 1" },
    twin: { find: "i <= numJobs", replace: "i <= numJobs+1" },
    lines: "any",
    masks: [
      [/^Worker \d/, "Worker W"],
      [/^Result \d+/, "Result I"],
    ],
    output: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].flatMap((job) => [
      `Worker 1 started job ${job}`,
      `Worker 1 finished job ${job}`,
      `Result ${job} received: ${2 * job}`,
    ]),
    failure: ["fatal error: all goroutines are asleep - deadlock!", "goroutine 1 [chan receive]", "exit status 2"],
    explanation:
      "It never returns. The results are not closed, so only the count ends the loop, and a wrong count causes a deadlock.",
  },
];
