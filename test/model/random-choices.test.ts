// The exact distribution of the choices of select: every sequence of random numbers is tried.

import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { Channel, receive, select, send } from "goro";
import { distribution } from "./random-choices.ts";
import { RecordingRealm } from "./bookkeeping.ts";
import { seed } from "./seed.ts";
import { formatResult } from "./system-under-test.ts";

type Cases = (ReturnType<typeof send> | ReturnType<typeof receive<number>>)[];

/** The probability of each result of a select over the cases of `prepare`; `then` is called once the select waits. */
function probabilitiesOf(prepare: () => readonly [cases: Cases, then: () => void]): Map<string, number> {
  return distribution((randomInt) => {
    let result = "";
    using realm = new RecordingRealm(randomInt, (_, value) => (result = formatResult(value)));
    const [cases, then] = prepare();
    realm.acting = 0;
    void select(cases);
    realm.acting = null;
    then();
    return result;
  });
}

function expectUniform(likely: ReadonlyMap<string, number>, words: readonly string[]): void {
  expect([...likely.keys()].sort()).toEqual([...words].sort());
  for (const probability of likely.values()) expect(probability).toBeCloseTo(1 / words.length, 12);
}

const nothing = (): void => undefined;

test("all sequences of choices are tried, each with its probability", () => {
  const likely = distribution((randomInt) => (randomInt(2) === 0 ? "half" : `a sixth ${randomInt(3)}`));
  expect([...likely.keys()]).toEqual(["half", "a sixth 0", "a sixth 1", "a sixth 2"]);
  [1 / 2, 1 / 6, 1 / 6, 1 / 6].forEach((p, i) => expect([...likely.values()][i]).toBeCloseTo(p, 12));
});

const kinds = {
  "can receive": () => receive(filled(new Channel<number>(1))),
  "can send": () => send(new Channel<number>(1), 0),
  "is closed": () => receive(closed(new Channel<number>())),
  "must wait": () => receive(new Channel<number>()),
  "is full": () => send(filled(new Channel<number>(1)), 0),
  "is off": () => receive<number>(null),
};
const words: Partial<Record<string, string>> = { "can receive": "7", "can send": "send", "is closed": "closed" };

// R44, R46, R49, R52
test("all ready cases are equally likely, regardless of the positions of the other cases", () => {
  const cases = fc.array(fc.constantFrom(...(Object.keys(kinds) as (keyof typeof kinds)[])), {
    maxLength: 6,
    size: "max",
  });
  fc.assert(
    fc.property(cases, (names) => {
      const ready = names.flatMap((name, index) => (words[name] === undefined ? [] : [`${index}:${words[name]}`]));
      fc.pre(ready.length > 0);
      expectUniform(
        probabilitiesOf(() => [names.map((name) => kinds[name]()), nothing]),
        ready,
      );
    }),
    { seed, numRuns: 300 },
  );
});

// R45, R52
describe.each([1, 2, 3, 4, 5])("of %i cases of a select that waits on one channel", (count) => {
  const numbers = Array.from({ length: count }, (_, index) => index);

  test("a send chooses each with the same probability", () => {
    const likely = probabilitiesOf(() => {
      const channel = new Channel<number>();
      return [numbers.map(() => receive(channel)), () => channel.trySend(7)];
    });
    expectUniform(
      likely,
      numbers.map((index) => `${index}:7`),
    );
  });

  test("a receive chooses each with the same probability, also behind another sender", () => {
    const likely = probabilitiesOf(() => {
      const channel = new Channel<number>();
      void select([send(channel, 9), send(new Channel<number>(), 9)]);
      const meet = (): void => {
        channel.tryReceive();
        channel.tryReceive();
      };
      return [numbers.map((value) => send(channel, value)), meet];
    });
    expectUniform(
      likely,
      numbers.map((index) => `${index}:send`),
    );
  });

  test("a close chooses each with the same probability, also among cases of other channels", () => {
    const likely = probabilitiesOf(() => {
      const channel = new Channel<number>();
      const others = numbers.map(() => receive(new Channel<number>()));
      const cases = numbers.flatMap((index) => [receive(channel), others[index] as Cases[number]]);
      return [cases, () => channel.close()];
    });
    expectUniform(
      likely,
      numbers.map((index) => `${index * 2}:closed`),
    );
  });
});

function filled(channel: Channel<number>): Channel<number> {
  channel.trySend(7);
  return channel;
}

function closed(channel: Channel<number>): Channel<number> {
  channel.close();
  return channel;
}
