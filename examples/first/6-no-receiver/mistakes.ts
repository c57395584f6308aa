import type { Mistake } from "../../../scripts/mistakes.ts";

export const mistakes: readonly Mistake[] = [
  {
    title: "Room for one letter",
    question: "The channel now has a buffer. Does the send still wait?",
    port: { find: "new Channel<string>()", replace: "new Channel<string>(1)" },
    twin: { find: "make(chan string)", replace: "make(chan string, 1)" },
    output: ["main: sends a letter", "main: the letter is sent"],
    explanation:
      "No: the buffer takes the letter. It hides the mistake, because the letter is still never received, and a second send would wait.",
  },
  {
    title: "Receive in the next line",
    question: "Main now also receives. Is that early enough?",
    port: { find: 'console.log("main: the letter is sent");', replace: "await letters.receive();" },
    twin: { find: 'fmt.Println("main: the letter is sent")', replace: "<-letters" },
    output: ["main: sends a letter"],
    failure: ["fatal error: all goroutines are asleep - deadlock!", "goroutine 1 [chan send]", "exit status 2"],
    explanation: "No: main waits in the send and never reaches the next line. Another goroutine has to receive.",
  },
  {
    title: "Close before the send",
    question: "The channel is closed first. Does the send still wait?",
    port: { find: 'await letters.send("hello");', replace: 'letters.close();\n  await letters.send("hello");' },
    twin: { find: 'letters <- "hello"', replace: 'close(letters)\n\tletters <- "hello"' },
    output: ["main: sends a letter"],
    failure: ["panic: send on closed channel", "exit status 2"],
    explanation:
      "No: a send on a closed channel panics. Closing is a message to receivers that no more values follow; it is not a way to end a wait of the sender.",
  },
];
