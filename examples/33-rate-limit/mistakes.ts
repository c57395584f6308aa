import type { Mistake } from "../../scripts/mistakes.ts";

export const mistakes: readonly Mistake[] = [
  {
    title: "Stop the ticker at once",
    question: "The stop of the ticker is not deferred. How many jobs start?",
    port: { find: "using _ = defer(() => limiter.stop());", replace: "limiter.stop();" },
    twin: { find: "defer limiter.Stop()", replace: "limiter.Stop()" },
    output: [],
    failure: [
      "fatal error: all goroutines are asleep - deadlock!",
      "goroutine 1 [sync.WaitGroup.Wait]",
      "1 more [select]",
      "exit status 2",
    ],
    explanation:
      "None: a stopped ticker sends no ticks, and it does not close its channel. The worker waits in its select, and the context is never canceled.",
  },
  {
    title: "Wait only for the tick",
    question: "A worker no longer waits for the context. When do the jobs of the canceled run start?",
    port: {
      find: `const s = await select({ tick: receive(limiter.c), done: receive(ctx.done()) });
  switch (s.case) {
    case "tick":
      return undefined;
    case "done":
      return ctx.err();
  }`,
      replace: "await limiter.c.receive();\n  return undefined;",
    },
    twin: {
      find: "select {\n\tcase <-limiter.C:\n\t\treturn nil\n\tcase <-ctx.Done():\n\t\treturn ctx.Err()\n\t}",
      replace: "<-limiter.C\n\treturn nil",
    },
    output: [
      "1 worker: jobs start in ticks [1 2 3 4 5]",
      "3 workers: jobs start in ticks [1 2 3 4 5]",
      "canceled: jobs start in ticks [1 2 3 4 5], then context canceled",
      "over before the third tick: false",
    ],
    explanation:
      "In all five ticks: the cancel between the second and the third tick does not end the wait, and run reports it only after all jobs have started.",
  },
  {
    title: "A ticker for each job",
    question:
      "Each worker makes a ticker of its own for each job. How many jobs do three workers start in the first tick?",
    port: { find: "await wait(ctx, limiter)", replace: "await wait(ctx, new time.Ticker(tick))" },
    twin: { find: "wait(ctx, limiter) != nil", replace: "wait(ctx, time.NewTicker(tick)) != nil" },
    masks: [[/undefined|<nil>/, "no error"]],
    output: [
      "1 worker: jobs start in ticks [1 2 3 4 5]",
      "3 workers: jobs start in ticks [1 1 1 2 2]",
      "canceled: jobs start in ticks [1 1 1 2 2], then undefined",
      "over before the third tick: true",
    ],
    explanation:
      "Three: the limit now holds for each worker, so the pool is three times as fast as the limit allows. With one worker, the mistake is not visible.",
  },
];
