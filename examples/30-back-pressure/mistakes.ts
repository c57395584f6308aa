import type { Mistake } from "../../scripts/mistakes.ts";

export const mistakes: readonly Mistake[] = [
  {
    title: "Finish one job too many",
    question: "Main finishes nine jobs, and there are eight. Which goroutine takes the ninth signal?",
    port: { find: "finished <= numJobs", replace: "finished <= numJobs + 1" },
    twin: { find: "finished <= numJobs", replace: "finished <= numJobs+1" },
    output: [
      "0 finished: 2 taken, 5 sent, 3 ahead",
      "1 finished: 3 taken, 6 sent, 3 ahead",
      "2 finished: 4 taken, 7 sent, 3 ahead",
      "3 finished: 5 taken, 8 sent, 3 ahead",
      "4 finished: 6 taken, 8 sent, 2 ahead",
      "5 finished: 7 taken, 8 sent, 1 ahead",
      "6 finished: 8 taken, 8 sent, 0 ahead",
      "7 finished: 8 taken, 8 sent, 0 ahead",
      "8 finished: 8 taken, 8 sent, 0 ahead",
    ],
    failure: ["fatal error: all goroutines are asleep - deadlock!", "goroutine 1 [chan send]", "exit status 2"],
    explanation:
      "None: the jobs are closed, and both workers have returned after the eighth. Main waits in the send for a receiver that does not exist.",
  },
  {
    title: "Room for all jobs",
    question: "The queue has room for eight jobs. Does the producer still wait for the workers?",
    port: { find: "const capacity = 3;", replace: "const capacity = 8;" },
    twin: { find: "const capacity = 3", replace: "const capacity = 8" },
    output: [
      "0 finished: 2 taken, 8 sent, 6 ahead",
      "1 finished: 3 taken, 8 sent, 5 ahead",
      "2 finished: 4 taken, 8 sent, 4 ahead",
      "3 finished: 5 taken, 8 sent, 3 ahead",
      "4 finished: 6 taken, 8 sent, 2 ahead",
      "5 finished: 7 taken, 8 sent, 1 ahead",
      "6 finished: 8 taken, 8 sent, 0 ahead",
      "7 finished: 8 taken, 8 sent, 0 ahead",
      "8 finished: 8 taken, 8 sent, 0 ahead",
    ],
    explanation:
      "No: it sends all jobs at once, and six of them wait in memory. The jobs are not done sooner; the workers set the pace in both cases.",
  },
];
