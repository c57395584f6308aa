import type { Mistake } from "../../scripts/mistakes.ts";

export const mistakes: readonly Mistake[] = [
  {
    title: "Defer in the wrong order",
    question:
      "The wait for the workers is deferred last, so it runs before the cancel. Which of the three runs does not end?",
    port: {
      find: `await using _ = defer(() => wg.wait());
  const [ctx, cancel] = context.withCancel(parent);
  using _2 = defer(cancel);`,
      replace: `const [ctx, cancel] = context.withCancel(parent);
  using _2 = defer(cancel);
  await using _ = defer(() => wg.wait());`,
    },
    twin: {
      find: "defer wg.Wait()\n\tctx, cancel := context.WithCancel(parent)\n\tdefer cancel()",
      replace: "ctx, cancel := context.WithCancel(parent)\n\tdefer cancel()\n\tdefer wg.Wait()",
    },
    output: [
      "all is well",
      "  a worker ends: no more jobs",
      "  a worker ends: no more jobs",
      "  6 of 6 jobs taken, 0 workers live",
      "the caller cancels after 125 ms",
      "  a worker ends: canceled",
      "  a worker ends: canceled",
      "  6 of 8 jobs taken, 0 workers live",
      "  context canceled",
      "the fifth job is refused",
    ],
    failure: [
      "fatal error: all goroutines are asleep - deadlock!",
      "goroutine 1 [sync.WaitGroup.Wait]",
      "2 more [select]",
      "exit status 2",
    ],
    explanation:
      "The third: it returns early, without a close, and its workers end only by the cancel, which comes after the wait for them.",
  },
  {
    title: "Ignore the parent",
    question: "The context of a run is derived from the background. Which of the three runs ends differently?",
    port: { find: "context.withCancel(parent)", replace: "context.withCancel(context.background())" },
    twin: { find: "context.WithCancel(parent)", replace: "context.WithCancel(context.Background())" },
    output: [
      "all is well",
      "  a worker ends: no more jobs",
      "  a worker ends: no more jobs",
      "  6 of 6 jobs taken, 0 workers live",
      "the caller cancels after 125 ms",
      "  a worker ends: no more jobs",
      "  a worker ends: no more jobs",
      "  8 of 8 jobs taken, 0 workers live",
      "the fifth job is refused",
      "  a worker ends: canceled",
      "  a worker ends: canceled",
      "  4 of 6 jobs taken, 0 workers live",
      "  negative numbers are refused",
    ],
    explanation:
      "The second: the caller cancels its own context, and the run does all eight jobs. The other two do not depend on the caller.",
  },
];
