// How programs fail: dead ends, in which everybody waits for ever, and panics. Here too, whatever chance chooses, what is
// printed and how it ends is determined.

import type { Prng } from "../../src/util/prng.ts";
import { between, type Mistake, pipeline, pool, room, type Shape } from "./shapes.ts";
import type { Body, Tongue } from "./tongue.ts";

/** Everybody who reads behind the stage that forgets to close waits for ever. */
function openPipeline(tongue: Tongue, chance: Prng): Body {
  return pipeline(tongue, chance, chance.randomInt(2));
}

const mistakes: readonly Mistake[] = ["jobs stay open", "results stay open", "one worker too many is counted"];

function brokenPool(tongue: Tongue, chance: Prng): Body {
  return pool(tongue, chance, mistakes[chance.randomInt(mistakes.length)]);
}

/** A few goroutines, and main, each wait for what nobody does; what they do before, they can do. */
function deadEnds(tongue: Tongue, chance: Prng): Body {
  const ends: readonly (() => Body)[] = [
    () => [tongue.channel("nobody", 0), tongue.send("nobody", "1")],
    () => [tongue.channel("nobody", 0), tongue.receive("nobody")],
    () => [tongue.channel("full", 1), tongue.send("full", "1"), tongue.send("full", "2")],
    () => [tongue.channel("none", null), tongue.receive("none")],
    () => [tongue.channel("none", null), tongue.send("none", "1")],
    () => [tongue.group("more"), tongue.add("more", 2), tongue.add("more", -1), tongue.wait("more")],
    () => [tongue.mutex("twice"), tongue.lock("twice"), tongue.lock("twice")],
    () => [tongue.select([])],
    () => [
      tongue.channel("self", 0),
      tongue.select([
        { send: "self", value: "1", then: [] },
        { receive: "self", then: [] },
      ]),
    ],
  ];
  const one = (): Body => (ends[chance.randomInt(ends.length)] as () => Body)();
  const others = Array.from({ length: between(chance, 0, 4) }, () => tongue.go(one()));
  return [...others, tongue.print("waits"), tongue.block(one()), tongue.print("goes on")];
}

/** Each holds the lock that the other one wants. */
function embrace(tongue: Tongue, chance: Prng): Body {
  const meet = room(chance) + 1;
  const side = (first: string, second: string, tell: string, hear: string): Body => [
    tongue.lock(first),
    tongue.send(tell, String(meet)),
    tongue.receive(hear),
    tongue.lock(second),
  ];
  return [
    tongue.mutex("a"),
    tongue.mutex("b"),
    tongue.channel("left", 1),
    tongue.channel("right", meet),
    tongue.go([...side("a", "b", "left", "right"), tongue.unlock("b"), tongue.unlock("a")]),
    ...side("b", "a", "right", "left"),
    tongue.print("has both"),
  ];
}

/** Goroutines in a ring all wait for the one before, and nobody begins. */
function nobodyBegins(tongue: Tongue, chance: Prng): Body {
  const count = between(chance, 2, 6);
  const member = (i: number): Body => [
    tongue.receive(`link${i}`, "token"),
    tongue.send(`link${(i + 1) % count}`, "token + 1"),
  ];
  const numbers = Array.from({ length: count }, (_, i) => i);
  return [
    ...numbers.map((i) => tongue.channel(`link${i}`, room(chance))),
    ...numbers.slice(1).map((i) => tongue.go(member(i))),
    ...member(0),
    tongue.print("round"),
  ];
}

/** A panic, in main, in a goroutine while main waits for ever, or behind some work. */
function panics(tongue: Tongue, chance: Prng): Body {
  const ways: readonly (() => Body)[] = [
    () => [tongue.channel("shut", room(chance)), tongue.close("shut"), tongue.send("shut", "1")],
    () => [tongue.channel("shut", room(chance)), tongue.close("shut"), tongue.close("shut")],
    () => [
      tongue.channel("shut", room(chance)),
      tongue.close("shut"),
      tongue.select([{ send: "shut", value: "1", then: [] }], [tongue.print("default")]),
    ],
    () => [tongue.channel("none", null), tongue.close("none")],
    () => [tongue.group("few"), tongue.add("few", 1), tongue.add("few", -1), tongue.add("few", -1)],
    () => [tongue.mutex("free"), tongue.lock("free"), tongue.unlock("free"), tongue.unlock("free")],
  ];
  const way = (ways[chance.randomInt(ways.length)] as () => Body)();
  if (chance.randomInt(2) === 0) return [tongue.print("begins"), ...way, tongue.print("goes on")];
  return [
    tongue.print("waits"),
    tongue.channel("never", 0),
    chance.randomInt(2) === 0 ? tongue.go(way) : [tongue.group("one"), tongue.goIn("one", way)].join("\n"),
    tongue.receive("never"),
    tongue.print("goes on"),
  ];
}

/** Senders wait, or come too late; in both cases the channel is closed under them. */
function closedUnderSenders(tongue: Tongue, chance: Prng): Body {
  return [
    tongue.channel("shut", 0),
    tongue.repeat("i", between(chance, 1, 5), [tongue.go([tongue.send("shut", "i")])]),
    ...(chance.randomInt(2) === 0 ? [tongue.yield()] : []),
    tongue.print("closes"),
    tongue.close("shut"),
    tongue.receive("shut"),
    tongue.channel("never", 0),
    tongue.receive("never"),
  ];
}

/** Each of several workers closes what only the last should. */
function eachCloses(tongue: Tongue, chance: Prng): Body {
  return [
    tongue.channel("jobs", room(chance)),
    tongue.channel("done", 0),
    tongue.repeat("w", between(chance, 2, 5), [
      tongue.go([tongue.range("jobs", "n", [tongue.when("n < 0", [tongue.print("{n}")])]), tongue.close("done")]),
    ]),
    tongue.repeat("i", between(chance, 0, 8), [tongue.send("jobs", "i")]),
    tongue.close("jobs"),
    tongue.channel("never", 0),
    tongue.receive("never"),
  ];
}

/** All of them, by name. */
export const failures: Readonly<Record<string, Shape>> = {
  openPipeline,
  brokenPool,
  deadEnds,
  embrace,
  nobodyBegins,
  panics,
  closedUnderSenders,
  eachCloses,
};
