import type { Mistake } from "../../../scripts/mistakes.ts";

export const mistakes: readonly Mistake[] = [
  {
    title: "Sleep longer",
    question: "Does a longer sleep solve the problem?",
    port: { find: "500 * time.millisecond", replace: "1500 * time.millisecond" },
    twin: { find: "500 * time.Millisecond", replace: "1500 * time.Millisecond" },
    output: ["part 1 of 5", "part 2 of 5", "part 3 of 5", "part 4 of 5", "part 5 of 5", "main returns"],
    explanation:
      "Only as long as the guess is right: a slower download needs a longer sleep. A channel or a WaitGroup waits without a guess.",
  },
  {
    title: "A slower download",
    question: "Each part now takes 400 ms. How many parts arrive?",
    port: { find: "200 * time.millisecond", replace: "400 * time.millisecond" },
    twin: { find: "200 * time.Millisecond", replace: "400 * time.Millisecond" },
    output: ["part 1 of 5", "main returns"],
    explanation: "One: main returns after 500 ms, and the second part would arrive after 800 ms.",
  },
  {
    title: "Sleep in another goroutine",
    question: "The program still sleeps for 500 ms. Or does it?",
    port: {
      find: "await time.sleep(500 * time.millisecond);",
      replace: "go(time.sleep, 500 * time.millisecond);",
    },
    twin: { find: "time.Sleep(500 * time.Millisecond)", replace: "go time.Sleep(500 * time.Millisecond)" },
    output: ["main returns"],
    explanation:
      "The sleep is now in a goroutine of its own, and main returns at once. In TypeScript, a forgotten await has the same effect.",
  },
];
