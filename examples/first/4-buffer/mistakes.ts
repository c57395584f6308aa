import type { Mistake } from "../../../scripts/mistakes.ts";

export const mistakes: readonly Mistake[] = [
  {
    title: "Room for one",
    question: "When is plate 2 on the tray?",
    port: { find: "new Channel<number>(2)", replace: "new Channel<number>(1)" },
    twin: { find: "make(chan int, 2)", replace: "make(chan int, 1)" },
    output: [
      "cook: plate 1 is on the tray",
      "main: takes one of 1 plates",
      "cook: plate 2 is on the tray",
      "main: takes one of 1 plates",
      "cook: plate 3 is on the tray",
      "main: takes one of 1 plates",
    ],
    explanation:
      "After main has taken plate 1: the buffer is full with one plate, so each further send waits for a receive.",
  },
  {
    title: "Room for all",
    question: "Does the cook still wait for main?",
    port: { find: "new Channel<number>(2)", replace: "new Channel<number>(3)" },
    twin: { find: "make(chan int, 2)", replace: "make(chan int, 3)" },
    output: [
      "cook: plate 1 is on the tray",
      "cook: plate 2 is on the tray",
      "cook: plate 3 is on the tray",
      "main: takes one of 3 plates",
      "main: takes one of 2 plates",
      "main: takes one of 1 plates",
    ],
    explanation:
      "No: the buffer never becomes full. This is only true for three plates; with a fourth plate, the cook waits again.",
  },
  {
    title: "Send everything before receiving anything",
    question: "Main now cooks first and takes the plates afterwards. Is there room for three plates?",
    port: { find: "go(cook, tray);", replace: "await cook(tray);" },
    twin: { find: "go cook(tray)", replace: "cook(tray)" },
    output: ["cook: plate 1 is on the tray", "cook: plate 2 is on the tray"],
    failure: ["fatal error: all goroutines are asleep - deadlock!", "goroutine 1 [chan send]", "exit status 2"],
    explanation:
      "No: the third send waits for a receive, and the receive comes later in the same goroutine. A buffer delays this deadlock and does not prevent it.",
  },
];
