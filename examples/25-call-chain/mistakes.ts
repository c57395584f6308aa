import type { Mistake } from "../../scripts/mistakes.ts";

export const mistakes: readonly Mistake[] = [
  {
    title: "Derive from the background",
    question: "The context of section no longer has a parent that is canceled. How long does the report take?",
    port: { find: "context.withTimeout(parent, ", replace: "context.withTimeout(context.background(), " },
    twin: { find: "context.WithTimeout(parent, ", replace: "context.WithTimeout(context.Background(), " },
    output: [
      "query sales: begins",
      "query sales: done",
      "section sales: returns",
      "query stock: begins",
      "query stock: done",
      "section stock: returns",
      "is it Canceled: false",
      "is the cause errGone: true",
      "it took 2000 ms, and a query takes 1000",
    ],
    explanation:
      "2000 ms: both queries finish, although the context of main was canceled after 100 ms. A cancel reaches only contexts that are derived from the canceled one.",
  },
  {
    title: "Cancel without a cause",
    question: "The caller gives no reason. What does the query print as the cause?",
    port: { find: "() => cancel(errGone)", replace: "() => cancel()" },
    twin: { find: "func() { cancel(errGone) }", replace: "func() { cancel(nil) }" },
    output: [
      "query sales: begins",
      "query sales: context canceled, because context canceled",
      "section sales: returns",
      "report: returns",
      "is it Canceled: true",
      "is the cause errGone: false",
      "it took 100 ms, and a query takes 1000",
    ],
    explanation:
      "The error of the context: a context that is canceled without a cause has Canceled as its cause. The program still ends in time, but a log would not say why.",
  },
];
