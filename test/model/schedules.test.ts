// Whatever goro does with a small program is one of the outcomes that Go allows, and goro does all of them.

import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { ignoreLeaks } from "goro/testing";
import { arbitraryProgram, randomProgram } from "./generate.ts";
import type { Operation, Program, Receive, Send } from "./program.ts";
import { runProgram, traceProgram } from "./run.ts";
import { encode, explore, follows, outcomesOf } from "./schedules.ts";
import { seed } from "./seed.ts";

const send = (channel: number, value: number): Send => ({ kind: "send", channel, value });
const receive = (channel: number): Receive => ({ kind: "receive", channel });
const range: Operation = { kind: "range", channel: 0 };
const close: Operation = { kind: "close", channel: 0 };
const select = (...cases: (Send | Receive)[]): Operation => ({ kind: "select", cases, default: false });
const selectOrNot = (...cases: (Send | Receive)[]): Operation => ({ kind: "select", cases, default: true });
const add = (delta: number): Operation => ({ kind: "add", group: 0, delta });
const wait: Operation = { kind: "wait", group: 0 };
const lock = (mutex: number): Operation => ({ kind: "lock", mutex });
const unlock = (mutex: number): Operation => ({ kind: "unlock", mutex });

function program(capacities: readonly (number | null)[], ...goroutines: Operation[][]): Program {
  return { capacities, groups: 1, mutexes: 2, goroutines };
}

/** The outcomes of each were counted by hand. */
const classics: Record<string, readonly [Program, readonly string[]]> = {
  "two senders reach one receiver in either order, and may have seen it or not": [
    program([0], [receive(0), receive(0)], [send(0, 1)], [send(0, 2)]),
    ["1 2", "2 1"].flatMap((order) => [
      `returned | ${order} |  | `,
      `returned | ${order} | send | `,
      `returned | ${order} |  | send`,
      `returned | ${order} | send | send`,
    ]),
  ],
  "a select takes either of two cases that are ready": [
    program([1, 1], [send(0, 1), send(1, 2), select(receive(0), receive(1))]),
    ["returned | send send 0:1", "returned | send send 1:2"],
  ],
  "a select takes a channel by either of two cases, whether it waits or not": [
    program([0], [select(receive(0), receive(0))], [send(0, 1)]),
    ["returned | 0:1 | ", "returned | 0:1 | send", "returned | 1:1 | ", "returned | 1:1 | send"],
  ],
  "a select that waits with two cases in one line is met by either": [
    program([0], [select(receive(0), receive(0))], [selectOrNot(send(0, 1))]),
    [
      "deadlock |  | default",
      "returned | 0:1 | ",
      "returned | 0:1 | 0:send",
      "returned | 1:1 | ",
      "returned | 1:1 | 0:send",
    ],
  ],
  "a select with default takes a value only from a sender that waits": [
    program([0], [selectOrNot(receive(0))], [send(0, 1)]),
    ["returned | default | ", "returned | 0:1 | ", "returned | 0:1 | send"],
  ],
  "two selects meet by any two cases that match": [
    program([0, 0], [select(send(0, 1), receive(1))], [select(receive(0), send(1, 2))]),
    ["returned | 0:send | ", "returned | 0:send | 0:1", "returned | 1:2 | ", "returned | 1:2 | 1:send"],
  ],
  "a select that waits leaves no case behind": [
    program([0, 0], [select(receive(0), receive(1)), receive(1)], [send(0, 1)], [send(1, 2)]),
    [
      ...["", "send"].flatMap((a) => ["", "send"].map((b) => `returned | 0:1 2 | ${a} | ${b}`)),
      "deadlock | 1:2 |  | send",
    ],
  ],
  "a range ends when the channel is closed and empty": [
    program([1], [range], [send(0, 1), send(0, 2), close]),
    ["returned | 1 2 closed | send send", "returned | 1 2 closed | send send close"],
  ],
  "one of two who close the channel panics": [
    program([0], [close], [close]),
    [
      "returned | close | ",
      "close of closed channel | close | ",
      "close of closed channel |  | close",
      "close of closed channel |  | ",
    ],
  ],
  "a sender panics when the channel is closed, whether it waits or not": [
    program([0], [send(0, 1)], [close]),
    ["send on closed channel |  | close", "send on closed channel |  | "],
  ],
  "a sender that is refused may panic too late": [
    program([0], [close], [send(0, 1)]),
    ["returned | close | ", "send on closed channel | close | ", "send on closed channel |  | "],
  ],
  "a select on both ends of a channel that is closed receives or panics": [
    program([0], [select(receive(0), send(0, 1))], [close]),
    [
      "returned | 0:closed | ",
      "returned | 0:closed | close",
      "send on closed channel |  | ",
      "send on closed channel |  | close",
    ],
  ],
  "a nil channel is never ready": [program([null], [receive(0)], [send(0, 1)], [range]), ["deadlock |  |  | "]],
  "a nil channel switches a case off": [program([null, 1], [select(receive(0), send(1, 1))]), ["returned | 1:send"]],
  "a nil channel cannot be closed": [program([null], [close]), ["close of nil channel | "]],
  "two locks taken in different orders": [
    program([], [lock(0), lock(1)], [lock(1), lock(0)]),
    ["returned | lock lock | ", "deadlock | lock | lock", "deadlock |  | lock lock"],
  ],
  "a mutex can be unlocked by another goroutine, but not before it is locked": [
    program([], [lock(0), lock(0)], [unlock(0)]),
    ["sync: unlock of unlocked mutex |  | ", "returned | lock lock | ", "returned | lock lock | unlock"],
  ],
  "a group counts down, but not before it has counted up": [
    program([], [add(1), wait], [add(-1)]),
    ["sync: negative WaitGroup counter |  | ", "returned | add wait | ", "returned | add wait | add"],
  ],
};

const sorted = (outcomes: Iterable<string>): string[] => [...outcomes].sort();

/** What goro does with `program` in `least` runs, and in up to `most` while that is less than `enough` different things. */
async function reached(program: Program, enough: number, least: number, most: number): Promise<Set<string>> {
  const outcomes = new Set<string>();
  for (let run = 0; run < least || (run < most && outcomes.size < enough); run++) {
    outcomes.add(encode(await runProgram(program, seed + run)));
  }
  return outcomes;
}

describe("programs whose outcomes were counted by hand", () => {
  for (const [title, [program, outcomes]] of Object.entries(classics)) {
    test(`${title}: the model finds just these outcomes, and goro reaches them all`, async () => {
      ignoreLeaks();
      expect(sorted(outcomesOf(program))).toEqual(sorted(outcomes));
      expect(sorted(outcomesOf(program, { fifo: true }))).toEqual(sorted(outcomes));
      expect(sorted(await reached(program, outcomes.length, 60, 5000))).toEqual(sorted(outcomes));
    });
  }

  test("a group that is used again too early may panic in Go, and never does in goro", async () => {
    ignoreLeaks();
    const reuse = program([], [add(1), wait], [add(-1), add(1)]);
    const clean = [
      "sync: negative WaitGroup counter |  | ",
      "deadlock | add | add add",
      ...["", "add", "add add"].map((log) => `returned | add wait | ${log}`),
    ];
    const message = "sync: WaitGroup is reused before previous Wait has returned";
    const misused = [`${message} | add | add`, `${message} | add | add add`];
    expect(sorted(outcomesOf(reuse))).toEqual(sorted([...clean, ...misused]));
    expect(sorted(outcomesOf(reuse, { fifo: true }))).toEqual(sorted(clean));
    expect(sorted(await reached(reuse, clean.length, 60, 5000))).toEqual(sorted(clean));
  });
});

describe("random programs", () => {
  test("every run has an outcome that Go allows, and follows from the order of its steps", async () => {
    ignoreLeaks();
    const endings = new Set<string>();
    let open = 0;
    let varied = 0;
    const property = fc.asyncProperty(arbitraryProgram(), async (program) => {
      const allowed = outcomesOf(program);
      const served = outcomesOf(program, { fifo: true });
      expect([...served].filter((outcome) => !allowed.has(outcome))).toEqual([]);
      const outcomes = new Set<string>();
      for (let run = 0; run < 12; run++) {
        const { outcome, order } = await traceProgram(program, seed + run);
        const seen = encode(outcome);
        if (!served.has(seen))
          throw new Error(`goro, seed ${seed + run}: ${seen}\nallowed:\n${[...served].join("\n")}`);
        if (!follows(program, order, outcome))
          throw new Error(`goro, seed ${seed + run}: ${seen}\nafter ${order.join()}`);
        outcomes.add(seen);
        endings.add(outcome.ending);
      }
      if (served.size > 1) open++;
      if (outcomes.size > 1) varied++;
    });
    await fc.assert(property, { seed, numRuns: 300 });
    expect(sorted(endings)).toEqual([
      "close of closed channel",
      "close of nil channel",
      "deadlock",
      "returned",
      "send on closed channel",
      "sync: negative WaitGroup counter",
      "sync: unlock of unlocked mutex",
    ]);
    expect(varied / open).toBeGreaterThan(0.85);
  });

  test("goro reaches nearly all outcomes of programs that have few", async () => {
    ignoreLeaks();
    let all = 0;
    let seen = 0;
    for (let number = 0; number < 100; number++) {
      const program = randomProgram(seed + number);
      const { size } = outcomesOf(program, { fifo: true });
      if (size < 2 || size > 6) continue;
      all += size;
      seen += (await reached(program, size, 1, 1000)).size;
    }
    expect(seen / all).toBeGreaterThan(0.95);
  });

  test("the same seed gives the same program and the same run", async () => {
    ignoreLeaks();
    for (let number = 0; number < 50; number++) {
      const program = randomProgram(number);
      expect(randomProgram(number)).toEqual(program);
      expect(await traceProgram(program, number)).toEqual(await traceProgram(program, number));
    }
  });
});

describe("the search", () => {
  test("says so when there are too many states", () => {
    const two = program([0], [receive(0)], [send(0, 1)]);
    const { states } = explore(two);
    expect(explore(two, { limit: states }).states).toBe(states);
    expect(() => outcomesOf(two, { limit: states - 1 })).toThrow(RangeError);
  });

  test("visits each state once: one for each of two steps in either order, and for both", () => {
    expect(explore(program([1, 1], [send(0, 1)], [send(1, 2)])).states).toBe(4);
  });

  test("an order of steps in which another was first in the line does not lead to this outcome", () => {
    const line = program([0], [receive(0)], [send(0, 1)], [send(0, 2)]);
    const outcome = { ending: "returned", logs: [["1"], [], []] };
    expect(follows(line, [1, 2, 0, 0], outcome)).toBe(true);
    expect(follows(line, [2, 1, 0, 0], outcome)).toBe(false);
  });
});
