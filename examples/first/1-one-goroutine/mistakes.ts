import type { Mistake } from "../../../scripts/mistakes.ts";

export const mistakes: readonly Mistake[] = [
  {
    title: "Call the function without go",
    question: "What does main do while the water heats?",
    port: { find: "go(boilWater);", replace: "await boilWater();" },
    twin: { find: "go boilWater()", replace: "boilWater()" },
    output: ["kettle: the water boils", "main: the kettle is on", "main: the cup is ready", "main: the tea is ready"],
    explanation:
      "Main waits. A plain call returns when the function returns, so main continues only after the water has boiled.",
  },
  {
    title: "Start it twice",
    question: "How many goroutines run now, and is the tea ready later?",
    port: { find: "go(boilWater);", replace: "go(boilWater);\n  go(boilWater);" },
    twin: { find: "go boilWater()", replace: "go boilWater()\n\tgo boilWater()" },
    output: [
      "main: the kettle is on",
      "main: the cup is ready",
      "kettle: the water boils",
      "kettle: the water boils",
      "main: the tea is ready",
    ],
    explanation:
      "Three goroutines run: main, and one for each call of go. Both kettles heat at the same time, so the tea is not ready later.",
  },
  {
    title: "Panic in the goroutine",
    question: "The goroutine fails. Does main still make the tea?",
    port: { find: 'console.log("kettle: the water boils");', replace: 'throw new Error("the kettle is empty");' },
    twin: { find: 'fmt.Println("kettle: the water boils")', replace: 'panic("the kettle is empty")' },
    output: ["main: the kettle is on", "main: the cup is ready"],
    failure: ["panic: the kettle is empty", "exit status 2"],
    explanation: "No. A panic that is not recovered ends the whole program, whichever goroutine it happens in.",
  },
];
