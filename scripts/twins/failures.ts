// Programs that fail: deadlocks and panics. For each choice of the random numbers, the output and the ending are
// determined.

import type { Prng } from "../../src/util/prng.ts";
import { between, type Mistake, pipeline, pool, room, type Shape } from "./program-shapes.ts";
import type { Body, Syntax } from "./syntax.ts";

/** One stage does not close its channel, so all stages behind it block forever. */
function openPipeline(syntax: Syntax, chance: Prng): Body {
  return pipeline(syntax, chance, chance.randomInt(2));
}

const mistakes: readonly Mistake[] = ["jobs stay open", "results stay open", "one worker too many is counted"];

function brokenPool(syntax: Syntax, chance: Prng): Body {
  return pool(syntax, chance, mistakes[chance.randomInt(mistakes.length)]);
}

/** Main and up to four goroutines each block forever; the operations before do not block. */
function deadEnds(syntax: Syntax, chance: Prng): Body {
  const ends: readonly (() => Body)[] = [
    () => [syntax.channel("idle", 0), syntax.send("idle", "1")],
    () => [syntax.channel("idle", 0), syntax.receive("idle")],
    () => [syntax.channel("full", 1), syntax.send("full", "1"), syntax.send("full", "2")],
    () => [syntax.channel("none", null), syntax.receive("none")],
    () => [syntax.channel("none", null), syntax.send("none", "1")],
    () => [syntax.group("more"), syntax.add("more", 2), syntax.add("more", -1), syntax.wait("more")],
    () => [syntax.mutex("twice"), syntax.lock("twice"), syntax.lock("twice")],
    () => [syntax.select([])],
    () => [
      syntax.channel("self", 0),
      syntax.select([
        { send: "self", value: "1", then: [] },
        { receive: "self", then: [] },
      ]),
    ],
  ];
  const blockForever = (): Body => (ends[chance.randomInt(ends.length)] as () => Body)();
  const others = Array.from({ length: between(chance, 0, 4) }, () => syntax.go(blockForever()));
  return [...others, syntax.print("waits"), syntax.block(blockForever()), syntax.print("goes on")];
}

/** Two goroutines each hold the lock that the other goroutine waits for. */
function embrace(syntax: Syntax, chance: Prng): Body {
  const meet = room(chance) + 1;
  const side = (first: string, second: string, sent: string, received: string): Body => [
    syntax.lock(first),
    syntax.send(sent, String(meet)),
    syntax.receive(received),
    syntax.lock(second),
  ];
  return [
    syntax.mutex("a"),
    syntax.mutex("b"),
    syntax.channel("left", 1),
    syntax.channel("right", meet),
    syntax.go([...side("a", "b", "left", "right"), syntax.unlock("b"), syntax.unlock("a")]),
    ...side("b", "a", "right", "left"),
    syntax.print("has both"),
  ];
}

/** All goroutines of a ring wait for their predecessor, and none of them sends first. */
function noSender(syntax: Syntax, chance: Prng): Body {
  const count = between(chance, 2, 6);
  const member = (i: number): Body => [
    syntax.receive(`link${i}`, "token"),
    syntax.send(`link${(i + 1) % count}`, "token + 1"),
  ];
  const numbers = Array.from({ length: count }, (_, i) => i);
  return [
    ...numbers.map((i) => syntax.channel(`link${i}`, room(chance))),
    ...numbers.slice(1).map((i) => syntax.go(member(i))),
    ...member(0),
    syntax.print("round"),
  ];
}

/** A panic in main, or in a goroutine while main blocks forever. */
function panics(syntax: Syntax, chance: Prng): Body {
  const causes: readonly (() => Body)[] = [
    () => [syntax.channel("shut", room(chance)), syntax.close("shut"), syntax.send("shut", "1")],
    () => [syntax.channel("shut", room(chance)), syntax.close("shut"), syntax.close("shut")],
    () => [
      syntax.channel("shut", room(chance)),
      syntax.close("shut"),
      syntax.select([{ send: "shut", value: "1", then: [] }], [syntax.print("default")]),
    ],
    () => [syntax.channel("none", null), syntax.close("none")],
    () => [syntax.group("few"), syntax.add("few", 1), syntax.add("few", -1), syntax.add("few", -1)],
    () => [syntax.mutex("free"), syntax.lock("free"), syntax.unlock("free"), syntax.unlock("free")],
  ];
  const cause = (causes[chance.randomInt(causes.length)] as () => Body)();
  if (chance.randomInt(2) === 0) return [syntax.print("begins"), ...cause, syntax.print("goes on")];
  return [
    syntax.print("waits"),
    syntax.channel("never", 0),
    chance.randomInt(2) === 0 ? syntax.go(cause) : [syntax.group("one"), syntax.goIn("one", cause)].join("\n"),
    syntax.receive("never"),
    syntax.print("goes on"),
  ];
}

/** Senders whose channel is closed before or while they wait. */
function closedUnderSenders(syntax: Syntax, chance: Prng): Body {
  return [
    syntax.channel("shut", 0),
    syntax.repeat("i", between(chance, 1, 5), [syntax.go([syntax.send("shut", "i")])]),
    ...(chance.randomInt(2) === 0 ? [syntax.yield()] : []),
    syntax.print("closes"),
    syntax.close("shut"),
    syntax.receive("shut"),
    syntax.channel("never", 0),
    syntax.receive("never"),
  ];
}

/** Each of several workers closes a channel that only the last worker should close. */
function eachCloses(syntax: Syntax, chance: Prng): Body {
  return [
    syntax.channel("jobs", room(chance)),
    syntax.channel("done", 0),
    syntax.repeat("w", between(chance, 2, 5), [
      syntax.go([syntax.range("jobs", "n", [syntax.when("n < 0", [syntax.print("{n}")])]), syntax.close("done")]),
    ]),
    syntax.repeat("i", between(chance, 0, 8), [syntax.send("jobs", "i")]),
    syntax.close("jobs"),
    syntax.channel("never", 0),
    syntax.receive("never"),
  ];
}

/** All failing programs, by name. */
export const failures: Readonly<Record<string, Shape>> = {
  openPipeline,
  brokenPool,
  deadEnds,
  embrace,
  noSender,
  panics,
  closedUnderSenders,
  eachCloses,
};
