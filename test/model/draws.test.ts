// The choices of select, exactly: every sequence of random numbers is tried, so that there is no luck in the result.

import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { Channel, receive, select, send } from "goro";
import { distribution } from "./draws.ts";
import { Ledger } from "./ledger.ts";
import { seed } from "./seed.ts";
import { wordOf } from "./stage.ts";

type Cases = (ReturnType<typeof send> | ReturnType<typeof receive<number>>)[];

/** How likely each answer is of a select of the cases that `prepare` makes; what it returns happens once the select waits. */
function answers(prepare: () => readonly [cases: Cases, then: () => void]): Map<string, number> {
  return distribution((below) => {
    let told = "";
    using ledger = new Ledger(below, (_, result) => (told = wordOf(result)));
    const [cases, then] = prepare();
    ledger.acting = 0;
    void select(cases);
    ledger.acting = null;
    then();
    return told;
  });
}

function expectUniform(likely: ReadonlyMap<string, number>, words: readonly string[]): void {
  expect([...likely.keys()].sort()).toEqual([...words].sort());
  for (const probability of likely.values()) expect(probability).toBeCloseTo(1 / words.length, 12);
}

const nothing = (): void => undefined;

test("all sequences of draws are tried, each with its probability", () => {
  const likely = distribution((below) => (below(2) === 0 ? "half" : `a sixth ${below(3)}`));
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
test("every case that is ready is exactly as likely as the others, wherever those stand that are not", () => {
  const cases = fc.array(fc.constantFrom(...(Object.keys(kinds) as (keyof typeof kinds)[])), {
    maxLength: 6,
    size: "max",
  });
  fc.assert(
    fc.property(cases, (names) => {
      const ready = names.flatMap((name, index) => (words[name] === undefined ? [] : [`${index}:${words[name]}`]));
      fc.pre(ready.length > 0);
      expectUniform(
        answers(() => [names.map((name) => kinds[name]()), nothing]),
        ready,
      );
    }),
    { seed, numRuns: 300 },
  );
});

// R45, R52
describe.each([1, 2, 3, 4, 5])("of %i cases of a select that waits on one channel", (count) => {
  const numbers = Array.from({ length: count }, (_, index) => index);

  test("each is exactly as likely to be met by a send", () => {
    const likely = answers(() => {
      const channel = new Channel<number>();
      return [numbers.map(() => receive(channel)), () => channel.trySend(7)];
    });
    expectUniform(
      likely,
      numbers.map((index) => `${index}:7`),
    );
  });

  test("each is exactly as likely to be met by a receive, also behind another sender", () => {
    const likely = answers(() => {
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

  test("each is exactly as likely to hear that it is closed, among others on other channels", () => {
    const likely = answers(() => {
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
