import type { Mistake } from "../../scripts/mistakes.ts";

export const mistakes: readonly Mistake[] = [
  {
    title: "A slot without room",
    question: "The slot loses its buffer. What happens to a task that is late?",
    port: { find: "new Channel<Error | undefined>(1)", replace: "new Channel<Error | undefined>()" },
    twin: { find: "make(chan error, 1)", replace: "make(chan error)" },
    output: [
      "after 100 ms: job 1: done",
      "after 300 ms: job 2: context deadline exceeded",
      "after 400 ms: job 3: done",
      "after 600 ms: job 4: context deadline exceeded",
      "after 700 ms: job 5: done",
      "2 tasks abandoned, 1 still running",
    ],
    failure: [
      "fatal error: all goroutines are asleep - deadlock!",
      "goroutine 1 [sync.WaitGroup.Wait]",
      "2 more [chan send]",
      "exit status 2",
    ],
    explanation:
      "It waits in its send forever, because the worker no longer reads the slot. Only the wait at the end of main makes this leak visible.",
  },
  {
    title: "Wait only for the slot",
    question: "The worker no longer waits for the end of the context. When does job 3 start?",
    port: {
      find: `const s = await select({ err: receive(slot), done: receive(ctx.done()) });
  switch (s.case) {
    case "err":
      return s.value;
    case "done":
      abandoned++;
      return ctx.err();
  }`,
      replace: "const { value } = await slot.receive();\n  return value;",
    },
    twin: {
      find: "select {\n\tcase err := <-slot:\n\t\treturn err\n\tcase <-ctx.Done():\n\t\tabandoned.Add(1)\n\t\treturn ctx.Err()\n\t}",
      replace: "return <-slot",
    },
    output: [
      "after 100 ms: job 1: done",
      "after 1000 ms: job 2: done",
      "after 1100 ms: job 3: done",
      "after 1300 ms: job 4: context deadline exceeded",
      "after 1400 ms: job 5: done",
      "0 tasks abandoned, 0 still running",
      "at the end: 0 still running",
    ],
    explanation:
      "After 1000 ms: task 2 ignores its context, so the timeout has no effect on it. The timeout works only for tasks that wait for it themselves.",
  },
];
