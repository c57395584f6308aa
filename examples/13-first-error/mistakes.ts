import type { Mistake } from "../../scripts/mistakes.ts";

export const mistakes: readonly Mistake[] = [
  {
    title: "Wait for room in the slot",
    question: "A plain send takes the place of the select. How many jobs return?",
    port: {
      find: `const s = await select({ kept: send(errs, err), default: true });
  switch (s.case) {
    case "kept":
      return true;
    case "default":
      return false;
  }`,
      replace: "await errs.send(err);\n  return true;",
    },
    twin: {
      find: "select {\n\tcase errs <- err:\n\t\treturn true\n\tdefault:\n\t\treturn false\n\t}",
      replace: "errs <- err\n\treturn true",
    },
    output: ["job 2 failed, kept: true"],
    failure: [
      "fatal error: all goroutines are asleep - deadlock!",
      "goroutine 1 [sync.WaitGroup.Wait]",
      "4 more [chan send]",
      "exit status 2",
    ],
    explanation:
      "Only the first. The slot is full after one error, the other four jobs wait for a reader, and the reader comes after the wait for all jobs.",
  },
  {
    title: "Room for every error",
    question: "The slot now has room for all five errors. How many of them does run return?",
    port: { find: "new Channel<Error>(1)", replace: "new Channel<Error>(5)" },
    twin: { find: "make(chan error, 1)", replace: "make(chan error, 5)" },
    output: [
      "job 2 failed, kept: true",
      "job 4 failed, kept: true",
      "job 1 failed, kept: true",
      "job 5 failed, kept: true",
      "job 3 failed, kept: true",
      "all jobs have ended, errors in the slot: 5",
      "first error: job 2 is broken",
      "",
      "all jobs have ended, errors in the slot: 0",
      "is there an error? false",
    ],
    explanation:
      "One: run still receives only once, and the other four errors stay in the channel. Keeping them has no use unless they are also read.",
  },
  {
    title: "A slot without a buffer",
    question: "The channel loses its buffer. Which of the five errors is kept?",
    port: { find: "new Channel<Error>(1)", replace: "new Channel<Error>()" },
    twin: { find: "make(chan error, 1)", replace: "make(chan error)" },
    masks: [[/undefined|<nil>/, "no error"]],
    output: [
      "job 2 failed, kept: false",
      "job 4 failed, kept: false",
      "job 1 failed, kept: false",
      "job 5 failed, kept: false",
      "job 3 failed, kept: false",
      "all jobs have ended, errors in the slot: 0",
      "first error: undefined",
      "",
      "all jobs have ended, errors in the slot: 0",
      "is there an error? false",
    ],
    explanation:
      "None: main receives only after the wait, so no send finds a receiver, and each select takes the default case. The run reports no error although every job has failed.",
  },
];
