// What goro does is what Go did with the same programs, when scripts/twins.ts recorded that.

import { describe, expect, test } from "@jest/globals";
import { ignoreLeaks } from "goro/testing";
import { type Entry, isDetermined, twinOf } from "../../scripts/twins/corpus.ts";
import { disagreements } from "../../scripts/twins/twin.ts";
import corpus from "./twins.json" with { type: "json" };
import { seed } from "./seed.ts";

// Programs that deadlock or panic leave goroutines behind, in their bubbles.
ignoreLeaks();

const times = 5;
const entries = corpus as unknown as readonly Entry[];
const twins = entries.map((entry, i) => ({ twin: twinOf(entry, i), outcomes: entry.outcomes }));
const determined = twins.filter(({ twin }) => isDetermined(twin));
const open = twins.filter(({ twin }) => !isDetermined(twin));

describe("a program of which only one thing can come", () => {
  test.each(determined.map(({ twin, outcomes }) => [twin.name, twin, outcomes] as const))(
    "does here what it did on Go: %s",
    async (_, twin, outcomes) => {
      expect(outcomes).toHaveLength(1);
      for (let time = 0; time < times; time++) {
        for (const outcome of await twin.run(seed + time)) expect(outcome).toBe(outcomes[0]);
      }
    },
  );
});

describe("a program of which several things can come", () => {
  test.each(open.map(({ twin, outcomes }) => [twin.name, twin, outcomes] as const))(
    "does what Go's specification allows, on Go and here: %s",
    async (_, twin, outcomes) => {
      const onGoro: string[] = [];
      for (let time = 0; time < times; time++) onGoro.push(...(await twin.run(seed + time)));
      expect(disagreements(twin, outcomes, onGoro)).toEqual([]);
    },
  );
});

test("most of the programs are determined", () => {
  expect(twins.length).toBeGreaterThanOrEqual(200);
  expect(determined.length).toBeGreaterThan(open.length);
});
