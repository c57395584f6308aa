// A group under a limit against a model: after each step of a random history, the same functions have started, and the same calls wait,
// have resolved or were canceled.

import { expect, test } from "@jest/globals";
import { context, ErrGroup } from "goro";
import { chanSend } from "../../src/runtime/wait-reasons.ts";
import { Prng } from "../../src/util/prng.ts";
import { listeners } from "../support/contexts.ts";
import { quiet, stateOf } from "../support/promises.ts";

const limit = 2;

interface Call {
  readonly ctx: context.Context;
  readonly cancel: () => void;
  readonly end: () => void;

  /** Whether it is a call of `tryGo`. */
  readonly isTry: boolean;
  state: "waiting" | "running" | "ending" | "ended" | "canceled" | "refused";
}

async function runHistory(seed: number): Promise<void> {
  const random = new Prng(seed);
  const group = new ErrGroup();
  group.setLimit(limit);
  const calls: Call[] = [];
  const started: number[] = [];
  const outcomes = new Map<number, string>();
  const count = (state: Call["state"]): number => calls.filter((call) => call.state === state).length;
  const taken = (): number => count("running") + count("ending");
  const history: string[] = [];

  const makeCall = (isTry: boolean): [call: Call, f: () => Promise<void>] => {
    const [ctx, cancel] = context.withCancel(context.background());
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const call: Call = { ctx, cancel, end, isTry, state: taken() < limit ? "running" : "waiting" };
    const id = calls.push(call) - 1;
    return [call, (): Promise<void> => (started.push(id), ended)];
  };
  const pick = (state: Call["state"]): Call | undefined => {
    const candidates = calls.filter((call) => call.state === state);
    return candidates.length === 0 ? undefined : candidates[random.randomInt(candidates.length)];
  };
  const steps: readonly (() => void)[] = [
    function go() {
      const [{ ctx }, f] = makeCall(false);
      const id = calls.length - 1;
      group.go(f, { ctx }).then(
        () => outcomes.set(id, "started"),
        (error: unknown) => outcomes.set(id, error === ctx.err() ? "canceled" : String(error)),
      );
    },
    function tryGo() {
      const [call, f] = makeCall(true);
      if (call.state === "waiting") call.state = "refused";
      expect(group.tryGo(f)).toBe(call.state === "running");
    },
    function cancelWaiting() {
      const call = pick("waiting");
      if (call === undefined) return;
      call.state = "canceled";
      call.cancel();
    },
    function cancelRunning() {
      pick("running")?.cancel();
    },
    // The slot is free some microtasks later: what else is done in the same step comes first.
    function end() {
      const call = pick("running");
      if (call === undefined) return;
      call.state = "ending";
      call.end();
    },
  ];

  for (let step = 0; step < 40; step++) {
    for (let i = random.randomInt(3); i >= 0; i--) {
      const act = steps[random.randomInt(steps.length)] as () => void;
      history.push(act.name);
      act();
    }
    for (const call of calls) {
      if (call.state !== "ending") continue;
      call.state = "ended";
      const next = calls.find(({ state }) => state === "waiting");
      if (next !== undefined) next.state = "running";
    }
    await quiet();
    const waiting = count("waiting");
    const suffix = waiting === 0 ? "" : `, ${waiting} waiting`;
    const isStarted = ({ state }: Call): boolean => state === "running" || state === "ended";
    const actual = {
      started: [...started].sort((a, b) => a - b),
      group: String(group),
      parked: chanSend.waiting,
      outcomes: [...outcomes].sort(([a], [b]) => a - b),
      listeners: calls.map(({ ctx }) => listeners(ctx)),
    };
    expect({ seed, history, ...actual }).toEqual({
      seed,
      history,
      started: calls.flatMap((call, id) => (isStarted(call) ? [id] : [])),
      group: `ErrGroup ${count("running")}/${limit} running${suffix}`,
      parked: waiting,
      outcomes: calls.flatMap((call, id) => {
        if (call.isTry || call.state === "waiting") return [];
        return [[id, call.state === "canceled" ? "canceled" : "started"]];
      }),
      listeners: calls.map(({ state }) => (state === "waiting" ? 1 : 0)),
    });
  }
  const wait = group.wait();
  for (const { state, cancel, end } of calls) {
    if (state === "waiting") cancel();
    else end();
  }
  expect(await stateOf(wait)).toBe("fulfilled");
}

test("a group agrees with the model in random histories", async () => {
  for (let seed = 1; seed <= 20; seed++) await runHistory(seed);
});
