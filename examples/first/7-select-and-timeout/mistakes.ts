import type { Mistake } from "../../../scripts/mistakes.ts";

export const mistakes: readonly Mistake[] = [
  {
    title: "A default case instead of the timeout",
    question: "How long does select wait now?",
    port: {
      find: `timeout: receive(time.after(200 * time.millisecond)) });
    switch (s.case) {
      case "reply":
        console.log(\`reply: \${s.value}\`);
        break;
      case "timeout":`,
      replace: `default: true });
    switch (s.case) {
      case "reply":
        console.log(\`reply: \${s.value}\`);
        break;
      case "default":`,
    },
    twin: { find: "case <-time.After(200 * time.Millisecond):", replace: "default:" },
    output: ["no reply in time", "no reply in time"],
    explanation:
      "Not at all: if no other case is ready, select takes the default case at once. The server has not even had time for its first reply.",
  },
  {
    title: "Wait once more",
    question: "The second select has timed out. What does a third one receive?",
    port: { find: "i < 2", replace: "i < 3" },
    twin: { find: "range 2", replace: "range 3" },
    output: ["reply: fast", "no reply in time", "reply: slow"],
    explanation:
      "The late reply, which was meant for the second. A timeout ends the wait, not the work: the server still sends its reply.",
  },
  {
    title: "The server runs in main",
    question: "Main calls the server before it selects. Does the timeout help?",
    port: { find: "go(server, replies);", replace: "await server(replies);" },
    twin: { find: "go server(replies)", replace: "server(replies)" },
    output: [],
    failure: ["fatal error: all goroutines are asleep - deadlock!", "goroutine 1 [chan send]", "exit status 2"],
    explanation:
      "No: main waits in the send of the first reply and never reaches the select. A timeout ends only the select that it is a case of.",
  },
];
