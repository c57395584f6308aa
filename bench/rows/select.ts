// The cost of waiting for the first of several channels.

import { sumBelow } from "./channels.ts";
import type { Goal, Row } from "./row.ts";

/** One of the channels is busy, the others are silent: each value costs one select, which may park. */
function oneBusy(id: string, title: string, cases: number, goal: Goal): Row<"select"> {
  return {
    id,
    title,
    unit: "ns",
    n: 500_000,
    goal,
    needs: "select",
    like: "select-2",
    expected: sumBelow,
    async run(adapter, n) {
      const busy = adapter.channels.make(0);
      const silent = Array.from({ length: cases - 1 }, () => adapter.channels.make(0));
      const sending = (async () => {
        for (let i = 0; i < n; i++) await adapter.channels.send(busy, i);
      })();
      const selector = adapter.prepare([busy, ...silent]);
      let sum = 0;
      for (let i = 0; i < n; i++) sum += adapter.value(await adapter.select(selector), selector) ?? NaN;
      await sending;
      return sum;
    },
  };
}

// Beside `select-done`: the same work by the option of `receive`.
const receiveDone: Row = {
  id: "receive-done",
  title: "receive of a job with `{ ctx }`",
  unit: "ns",
  n: 500_000,
  go: "select-done",
  needs: null,
  like: "select-2",
  expected: sumBelow,
};

// By hand it is `Promise.race`, which adds a reaction to the pending promise for each job: they stay until that settles.
const selectPromise: Row = {
  id: "select-promise",
  title: "select of jobs and a pending promise",
  unit: "ns",
  n: 200_000,
  go: null,
  needs: null,
  like: "select-2",
  expected: sumBelow,
};

export const select: readonly Row[] = [
  oneBusy("select-2", "select of 2, one busy", 2, { words: "<= 1.1 x Go", factor: 1.1, than: "go" }),
  oneBusy("select-8", "select of 8, one busy", 8, { words: "first of all libraries", factor: 1, than: "peers" }),
  // For a library without contexts, `done` is a channel that is never closed, as the context in Go.
  oneBusy("select-done", "select of jobs and `ctx.done()`", 2, { words: "<= 1.2 x Go", factor: 1.2, than: "go" }),
  receiveDone,
  selectPromise,
];
