import type { Mistake } from "../../../scripts/mistakes.ts";

export const mistakes: readonly Mistake[] = [
  {
    title: "Receive three letters",
    question: "The sender sends two letters, and main receives three times. What happens the third time?",
    port: { find: "i < 2", replace: "i < 3" },
    twin: { find: "range 2", replace: "range 3" },
    output: [
      "sender: sends A and waits for main",
      "main: received A",
      "sender: sends B, for which main waits",
      "main: received B",
    ],
    failure: ["fatal error: all goroutines are asleep - deadlock!", "goroutine 1 [chan receive]", "exit status 2"],
    explanation:
      "Main waits for a letter that is never sent, because the sender has returned. The report says so: goroutine 1, which is main, is in a chan receive.",
  },
  {
    title: "Receive only one letter",
    question: "What happens to letter B?",
    port: { find: "i < 2", replace: "i < 1" },
    twin: { find: "range 2", replace: "range 1" },
    output: ["sender: sends A and waits for main", "main: received A"],
    explanation: "It is never sent: main returns after the first letter, and the program ends while the sender sleeps.",
  },
  {
    title: "Send and receive in the same goroutine",
    question: "Main now calls the sender itself. Which goroutine receives letter A?",
    port: { find: "go(sender, letters);", replace: "await sender(letters);" },
    twin: { find: "go sender(letters)", replace: "sender(letters)" },
    output: ["sender: sends A and waits for main"],
    failure: ["fatal error: all goroutines are asleep - deadlock!", "goroutine 1 [chan send]", "exit status 2"],
    explanation:
      "None does. Main waits in the send for a receiver and never reaches its own receive: a rendezvous needs two goroutines.",
  },
];
