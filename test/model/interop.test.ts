// Conversions can end in many ways, and any two ends can meet: the tests run all pairs in all orders, at all points and at three
// distances, and random histories of more than two.

import { describe, expect, test } from "@jest/globals";
import { gosched } from "goro";
import { bubble } from "goro/testing";
import { Prng } from "../../src/util/prng.ts";
import { events, fromSource, type FixtureMaker, readable, type Fixture, writable } from "./interop.ts";
import { sources } from "./interop-sources.ts";
import { seed } from "./seed.ts";

const fixtures: (readonly [string, FixtureMaker])[] = [
  ...Object.entries(sources).flatMap(([name, source]) =>
    [
      [0, false],
      [0, true],
      [1, true],
    ].map(([capacity, cleanupFails]) => {
      const title = `from ${name} (capacity ${capacity}, cleanup ${cleanupFails ? "fails" : "succeeds"})`;
      return [title, () => fromSource(source, Number(capacity), cleanupFails === true)] as const;
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

/** The gap between two actions: none, a round of the microtask queue, or until all goroutines block. */
const gaps: Readonly<Record<string, () => unknown>> = {
  "at once": () => undefined,
  "a microtask later": () => Promise.resolve(),
  "when all is quiet": quiet,
};

async function quiet(): Promise<void> {
  for (let turns = 0; turns < 8; turns++) await gosched();
}

interface Action {
  readonly name: string;
  readonly gap: string;
  readonly act: (fixture: Fixture) => void;
}

/** Runs a history in a bubble, and throws an error with the history if the conversion differs from the model. */
async function play(make: FixtureMaker, actions: readonly Action[], chance: number): Promise<void> {
  const history = actions.map(({ name, gap }) => `${name}, ${gap}`).join(", ");
  let timer: NodeJS.Timeout | undefined;
  const hangs = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(new Error("it hangs")), 20_000)));
  try {
    await Promise.race([hangs, bubble(() => run(make, actions), { seed: chance })]);
  } catch (error) {
    throw new Error(`seed ${chance}: ${history}: ${String(error)}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

async function run(make: FixtureMaker, actions: readonly Action[]): Promise<void> {
  const fixture = make();
  for (const { act, gap } of actions) {
    act(fixture);
    await gaps[gap]?.();
  }
  await quiet();
  fixture.finish();
  await quiet();
  fixture.check();
}

async function namesOf(make: FixtureMaker): Promise<Record<"points" | "ends" | "steps", string[]>> {
  let names!: Record<"points" | "ends" | "steps", string[]>;
  await bubble(async () => {
    const fixture = make();
    names = { points: Object.keys(fixture.points), ends: Object.keys(fixture.ends), steps: Object.keys(fixture.steps) };
    fixture.finish();
    await quiet();
  });
  return names;
}

function step(kind: "points" | "ends" | "steps", name: string, gap: string): Action {
  return { name, gap, act: (fixture) => fixture[kind][name]?.() };
}

describe.each(fixtures)("a channel %s", (_, make) => {
  test("ends once, loses no error and leaves nothing behind, for every pair of ends", async () => {
    const { points, ends } = await namesOf(make);
    let played = 0;
    for (const point of points) {
      // Random histories do not always wait until all goroutines block.
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

  test(`does the same in random histories (seed ${seed})`, async () => {
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
