import type { Mistake } from "../../scripts/mistakes.ts";

export const mistakes: readonly Mistake[] = [
  {
    title: "Skip the result of a failed job",
    question: "A worker sends only values. Which receive of main does not return?",
    port: {
      find: "await results.send({ job, value, err });",
      replace: "if (!err) await results.send({ job, value, err });",
    },
    twin: {
      find: "results <- result{job, value, err}",
      replace: "if err == nil {\n\t\t\tresults <- result{job, value, err}\n\t\t}",
    },
    output: [],
    failure: ["fatal error: all goroutines are asleep - deadlock!", "goroutine 1 [chan receive]", "exit status 2"],
    explanation:
      "The seventh: three of nine jobs fail and send nothing. The workers have returned, and the six results that arrived are never printed.",
  },
  {
    title: "A queue without room",
    question: "The jobs channel loses its buffer. How many jobs can main send?",
    port: { find: "const jobs = new Channel<number>(numJobs);", replace: "const jobs = new Channel<number>();" },
    twin: { find: "jobs := make(chan int, numJobs)", replace: "jobs := make(chan int)" },
    output: [],
    failure: [
      "fatal error: all goroutines are asleep - deadlock!",
      "goroutine 1 [chan send]",
      "3 more [chan send]",
      "exit status 2",
    ],
    explanation:
      "Three, one to each worker. The workers then wait in the sends of their results, and main, which would receive them, waits in the fourth send.",
  },
];
