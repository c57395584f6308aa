import type { Mistake } from "../../../scripts/mistakes.ts";

export const mistakes: readonly Mistake[] = [
  {
    title: "Forget to close",
    question: "How does the loop in main detect that 1 was the last number?",
    port: { find: "  numbers.close();\n", replace: "" },
    twin: { find: "\tclose(numbers)\n", replace: "" },
    output: ["3", "2", "1"],
    failure: ["fatal error: all goroutines are asleep - deadlock!", "goroutine 1 [chan receive]", "exit status 2"],
    explanation:
      "It cannot. The loop waits for another number, and the only goroutine that could send one has returned.",
  },
  {
    title: "Close twice",
    question: "The channel is closed already. Is a second close harmless?",
    port: {
      find: 'console.log("closed: lift-off");',
      replace: 'numbers.close();\n  console.log("closed: lift-off");',
    },
    twin: { find: 'fmt.Println("closed: lift-off")', replace: 'close(numbers)\n\tfmt.Println("closed: lift-off")' },
    output: ["3", "2", "1"],
    failure: ["panic: close of closed channel", "exit status 2"],
    explanation: "No: it panics, and the panic ends the program. Exactly one goroutine should close a channel, once.",
  },
  {
    title: "The receiver closes",
    question: "Main closes the channel after the first number. Where are the other numbers?",
    port: { find: "console.log(n);", replace: "console.log(n);\n    numbers.close();" },
    twin: { find: "fmt.Println(n)", replace: "fmt.Println(n)\n\t\tclose(numbers)" },
    output: ["3", "closed: lift-off"],
    explanation:
      "They are lost: the loop ends, and so does the program. If main ran longer, the next send would panic, because only the sender knows when to close.",
  },
];
