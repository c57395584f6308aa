// Borders end in many ways, any two of which may meet: all pairs of them in all orders, at all points and at three distances, and
// random histories of more than two.

import { describe, expect, test } from "@jest/globals";
import { gosched } from "goro";
import { bubble } from "goro/testing";
import { Prng } from "../../src/util/prng.ts";
import { events, incoming, type Maker, readable, type Rig, writable } from "./borders.ts";
import { sources } from "./bordersources.ts";
import { seed } from "./seed.ts";

const borders: (readonly [string, Maker])[] = [
  ...Object.entries(sources).flatMap(([name, source]) =>
    [
      [0, false],
      [0, true],
      [1, true],
    ].map(([capacity, cleanupFails]) => {
      const title = `from ${name} (capacity ${capacity}, cleanup ${cleanupFails ? "fails" : "is quiet"})`;
      return [title, () => incoming(source, Number(capacity), cleanupFails === true)] as const;
    }),
  ),
  ...(["emitter", "target"] as const).flatMap((kind) =>
    (
      [
        ["error", true],
        ["drop-newest", false],
        ["drop-oldest", true],
      ] as const
    ).map(([overflow, isFirst]) => {
      const title = `of events of an event ${kind} (${overflow}, the ${isFirst ? "emitter" : "context"} listens to an abort first)`;
      return [title, () => events(kind, overflow, isFirst)] as const;
    }),
  ),
  ...[0, 2].map((capacity) => [`as a readable stream (capacity ${capacity})`, () => readable(capacity)] as const),
  ...[0, 1].flatMap((capacity) =>
    [false, true].map(
      (preventClose) =>
        [
          `as a writable stream (capacity ${capacity}, preventClose ${preventClose})`,
          () => writable(capacity, preventClose),
        ] as const,
    ),
  ),
];

/** What lies between two actions: nothing, a round of the microtask queue, or all that can happen. */
const gaps: Readonly<Record<string, () => unknown>> = {
  "at once": () => undefined,
  "a moment later": () => Promise.resolve(),
  "when all is quiet": quiet,
};

async function quiet(): Promise<void> {
  for (let turns = 0; turns < 8; turns++) await gosched();
}

interface Action {
  readonly name: string;
  readonly gap: string;
  readonly act: (rig: Rig) => void;
}

/** Plays a history in a bubble, and throws with the history's name if the border does not do what the model says. */
async function play(make: Maker, actions: readonly Action[], chance: number): Promise<void> {
  const history = actions.map(({ name, gap }) => `${name}, ${gap}`).join(", ");
  let timer: NodeJS.Timeout | undefined;
  const hangs = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(new Error("it hangs")), 20_000)));
  try {
    await Promise.race([hangs, bubble(() => live(make, actions), { seed: chance })]);
  } catch (error) {
    throw new Error(`seed ${chance}: ${history}: ${String(error)}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

async function live(make: Maker, actions: readonly Action[]): Promise<void> {
  const rig = make();
  for (const { act, gap } of actions) {
    act(rig);
    await gaps[gap]?.();
  }
  await quiet();
  rig.finish();
  await quiet();
  rig.check();
}

async function namesOf(make: Maker): Promise<Record<"points" | "ends" | "steps", string[]>> {
  let names!: Record<"points" | "ends" | "steps", string[]>;
  await bubble(async () => {
    const rig = make();
    names = { points: Object.keys(rig.points), ends: Object.keys(rig.ends), steps: Object.keys(rig.steps) };
    rig.finish();
    await quiet();
  });
  return names;
}

function step(kind: "points" | "ends" | "steps", name: string, gap: string): Action {
  return { name, gap, act: (rig) => rig[kind][name]?.() };
}

describe.each(borders)("a channel %s", (_, make) => {
  test("ends once, loses no error and leaves nothing, whichever two of its ends meet", async () => {
    const { points, ends } = await namesOf(make);
    let played = 0;
    for (const point of points) {
      // Random histories do not wait for the others to be quiet.
      const reached = step("points", point, point === "before it starts" ? "at once" : "when all is quiet");
      for (const first of ends) {
        for (const second of ends) {
          for (const gap of Object.keys(gaps)) {
            await play(make, [reached, step("ends", first, gap), step("ends", second, "at once")], seed);
            played++;
          }
        }
      }
    }
    expect(played).toBe(points.length * ends.length ** 2 * 3);
  });

  test(`does so in random histories (seed ${seed})`, async () => {
    const { points, ends, steps } = await namesOf(make);
    const chance = new Prng(seed);
    const pick = <T>(list: readonly T[]): T => list[chance.randomInt(list.length)] as T;
    for (let history = 0; history < 60; history++) {
      const actions = [step("points", pick(points), pick(Object.keys(gaps)))];
      for (let length = chance.randomInt(12); length > 0; length--) {
        const isEnd = chance.randomInt(4) === 0;
        actions.push(step(isEnd ? "ends" : "steps", pick(isEnd ? ends : steps), pick(Object.keys(gaps))));
      }
      await play(make, actions, chance.randomInt(2 ** 31));
    }
  });
});
