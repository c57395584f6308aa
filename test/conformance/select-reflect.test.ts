// Go's own tests of reflect.Select, whose cases are built at run time.

import { expect, test } from "@jest/globals";
import { Channel, PanicError, receive, type ReceiveCase, select, send, type SendCase, time } from "goro";
import { inBubble } from "../support/contexts.ts";

interface Chance {
  choose(n: number): number;
  maybe(): boolean;
}

/** Returns random integers below `n`, the same for the same seed. */
function chance(seed: number): Chance {
  let state = seed;
  const choose = (n: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  return { choose, maybe: () => choose(2) === 1 };
}

type Value = number | string;

interface Info {
  readonly what: string;
  readonly entry: ReceiveCase<Value> | SendCase | true;
  canSelect: boolean;
  /** The value that is received, if the case receives. */
  readonly received?: { readonly value: Value | undefined; readonly ok: boolean };
  readonly panics?: boolean;
  /** Makes the waiting case ready. */
  readonly help?: () => Promise<unknown>;
}

/** A random subset of all kinds of cases, and the possible results of their select. */
function draw(x: Chance): { infos: Info[]; help: (() => Promise<unknown>) | undefined } {
  const infos: Info[] = [];
  const channel = (capacity: number): [Channel<Value>, Value] => [
    new Channel<Value>(capacity),
    infos.length % 2 === 0 ? infos.length : String(infos.length),
  ];
  if (x.maybe()) {
    const [ch, value] = channel(1);
    infos.push({ what: "ready send", entry: send(ch, value), canSelect: true });
  }
  if (x.maybe()) {
    const [ch, value] = channel(1);
    ch.trySend(value);
    infos.push({ what: "ready receive", entry: receive(ch), canSelect: true, received: { value, ok: true } });
  }
  if (x.maybe()) {
    const [ch, value] = channel(0);
    const what = "blocking send";
    const entry = send(ch, value);
    if (x.maybe()) infos.push({ what, entry, canSelect: false, help: () => ch.receive() });
    else infos.push({ what, entry, canSelect: false });
  }
  if (x.maybe()) {
    const [ch, value] = channel(0);
    const what = "blocking receive";
    const entry = receive(ch);
    const received = { value, ok: true };
    if (x.maybe()) infos.push({ what, entry, received, canSelect: false, help: () => ch.send(value) });
    else infos.push({ what, entry, received, canSelect: false });
  }
  if (x.maybe()) {
    const value = x.maybe() ? 100 : undefined;
    infos.push({ what: "send to undefined", entry: send(undefined, value), canSelect: false });
  }
  if (x.maybe()) infos.push({ what: "receive from undefined", entry: receive<Value>(undefined), canSelect: false });
  if (x.maybe()) infos.push({ what: "send to null", entry: send(null, 101), canSelect: false });
  if (x.maybe()) infos.push({ what: "receive from null", entry: receive<Value>(null), canSelect: false });
  if (x.maybe()) {
    const [ch, value] = channel(0);
    ch.close();
    infos.push({ what: "send to a closed channel", entry: send(ch, value), canSelect: true, panics: true });
  }
  if (x.maybe()) {
    const [ch] = channel(0);
    ch.close();
    const received = { value: undefined, ok: false };
    infos.push({ what: "receive from a closed channel", entry: receive(ch), canSelect: true, received });
  }

  const waits = !infos.some((info) => info.canSelect);
  const helpers = infos.filter((info) => info.help !== undefined);
  let help: (() => Promise<unknown>) | undefined;
  if ((waits && helpers.length === 0) || x.maybe()) {
    infos.push({ what: "default", entry: true, canSelect: waits });
  } else if (waits) {
    const helped = helpers[x.choose(helpers.length)] as Info;
    helped.canSelect = true;
    ({ help } = helped);
  }

  for (let swaps = 0; swaps < 2; swaps++) {
    const [i, j] = [x.choose(infos.length), x.choose(infos.length)];
    [infos[i], infos[j]] = [infos[j] as Info, infos[i] as Info];
  }
  return { infos, help };
}

type Answer = { readonly case: string | number; readonly value?: Value; readonly ok?: boolean };

/** A select with a default takes named cases, because the array form has no default. */
function run(infos: readonly Info[]): Promise<Answer> {
  if (infos.every(({ entry }) => entry !== true)) {
    return select(infos.map(({ entry }) => entry as ReceiveCase<Value>)) as Promise<Answer>;
  }
  const entries = infos.map(({ entry }, i) => [entry === true ? "default" : `case ${i}`, entry] as const);
  return select(Object.fromEntries(entries) as Record<string, ReceiveCase<Value>>) as Promise<Answer>;
}

// R44, R46, R47, R48, R49, R50, R51, R60
// Go runs through all combinations in order, and the first 1,000 have the same cases. A random sample contains all cases.
test.each([1, 2, 3, 4, 5])("TestSelect: in 1,000 combinations the chosen case is a possible one (seed %i)", (seed) =>
  inBubble(
    async () => {
      const x = chance(seed);
      const seen = new Set<string>();
      for (let n = 0; n < 1_000; n++) {
        const { infos, help } = draw(x);
        const story = infos.map(({ what, canSelect }) => (canSelect ? `${what}, which can be chosen` : what));
        if (help !== undefined) time.afterFunc(0.1 * time.millisecond, help);
        const ready = infos.filter(({ canSelect }) => canSelect);
        let s: Answer;
        try {
          s = await run(infos);
        } catch (error) {
          expect(error).toEqual(new PanicError("send on closed channel"));
          expect([story, ready.some(({ panics }) => panics)]).toEqual([story, true]);
          seen.add("panic");
          continue;
        }
        const name = s.case;
        const at =
          typeof name === "number"
            ? name
            : name === "default"
              ? infos.findIndex(({ entry }) => entry === true)
              : Number(name.slice(5));
        const chosen = infos[at] as Info;
        expect([story, name, ready.includes(chosen), chosen.panics]).toEqual([story, name, true, undefined]);
        expect([story, s]).toStrictEqual([story, { case: name, ...chosen.received }]);
        seen.add(chosen.what);
      }
      // Every kind of case has been chosen.
      expect([...seen].sort()).toEqual([
        "blocking receive",
        "blocking send",
        "default",
        "panic",
        "ready receive",
        "ready send",
        "receive from a closed channel",
      ]);
    },
    { seed },
  ),
);

// R50, R52
test("TestSelectMaxCases: 65,536 cases are allowed, and 65,537 are too", async () => {
  const channel = new Channel<number>();
  channel.close();
  const cases = Array.from({ length: 65_536 }, () => receive(channel));
  for (let more = 0; more < 2; more++) {
    const s = await select(cases);
    expect([s.case >= 0 && s.case < cases.length, s.value, s.ok]).toEqual([true, undefined, false]);
    cases.push(receive(channel));
  }
  // Go's reflect.Select panics with more cases.
  expect(cases).toHaveLength(65_538);
});

// R46, R49
test("TestSelectNop: a select with only a default chooses the default", async () => {
  expect(await select({ default: true })).toEqual({ case: "default" });
});
