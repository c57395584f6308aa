// Larger programs, made of common patterns. Their sizes and numbers are random, but the output of each program is
// determined: sums and sorted lists do not depend on the order of its goroutines.

import type { Prng } from "../../src/util/prng.ts";
import type { Arm, Body, Syntax } from "./syntax.ts";

/** A pattern of random size; all its output is printed by the goroutine that calls it. */
export type Shape = (syntax: Syntax, chance: Prng) => Body;

/** A random integer from `low` to `high`. */
export function between(chance: Prng, low: number, high: number): number {
  return low + chance.randomInt(high - low + 1);
}

/** A random arithmetic expression of `x`. Both `x` and the result are at least 0. */
export function work(chance: Prng, x: string): string {
  const scaled = `${x} * ${between(chance, 2, 9)} + ${between(chance, 0, 20)}`;
  return chance.randomInt(2) === 0 ? scaled : `(${scaled}) % ${between(chance, 5, 97)}`;
}

/** The capacity of a channel: often 0. */
export function room(chance: Prng): number {
  return chance.randomInt(2) === 0 ? 0 : between(chance, 1, 5);
}

/** `count` numbered names, from 0 on. */
function names(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${name}${i}`);
}

/** Receives all values of `channel`, and prints them sorted, and their sum. */
export function collect(syntax: Syntax, channel: string): Body {
  return [
    syntax.list("all"),
    syntax.variable("sum", "0"),
    syntax.range(channel, "x", [syntax.append("all", "x"), syntax.assign("sum", "sum + x")]),
    syntax.printSorted("all", "all"),
    syntax.print("sum {sum}"),
  ];
}

/** Numbers go through a chain of stages, in order; some stages drop some of them. One stage may not close its channel. */
export function pipeline(syntax: Syntax, chance: Prng, forgets?: number): Body {
  const links = names("link", between(chance, 2, 6));
  const end = (stage: number, link: string): Body => (forgets === stage ? [] : [syntax.close(link)]);
  const stages = links.slice(1).map((link, i) => {
    const send = syntax.send(link, work(chance, "x"));
    const keep = chance.randomInt(3) === 0 ? syntax.when(`x % ${between(chance, 2, 4)} != 0`, [send]) : send;
    return syntax.go([syntax.range(`link${i}`, "x", [keep]), ...end(i + 1, link)]);
  });
  const source = syntax.repeat("i", between(chance, 1, 20), [syntax.send("link0", work(chance, "i"))]);
  return [
    ...links.map((link) => syntax.channel(link, room(chance))),
    syntax.go([source, ...end(0, "link0")]),
    ...stages,
    syntax.variable("sum", "0"),
    syntax.range(links.at(-1) as string, "x", [syntax.print("out {x}"), syntax.assign("sum", "sum + x")]),
    syntax.print("sum {sum}"),
  ];
}

/** The possible mistakes in a {@link pool}. */
export type Mistake = "jobs stay open" | "results stay open" | "one worker too many is counted";

/** Workers share the jobs; when all of them have ended, the results are closed. */
export function pool(syntax: Syntax, chance: Prng, mistake?: Mistake): Body {
  const workers = between(chance, 1, 6);
  const body = syntax.range("jobs", "n", [syntax.send("results", work(chance, "n"))]);
  const isCounted = chance.randomInt(2) === 0;
  const start = isCounted
    ? [syntax.add("wg", 1), syntax.go([body, syntax.add("wg", -1)])]
    : [syntax.goIn("wg", [body])];
  return [
    syntax.channel("jobs", room(chance)),
    syntax.channel("results", room(chance)),
    syntax.group("wg"),
    ...(mistake === "one worker too many is counted" ? [syntax.add("wg", 1)] : []),
    syntax.repeat("w", workers, start),
    syntax.go([
      syntax.repeat("i", between(chance, 1, 30), [syntax.send("jobs", "i")]),
      ...(mistake === "jobs stay open" ? [] : [syntax.close("jobs")]),
      syntax.wait("wg"),
      ...(mistake === "results stay open" ? [] : [syntax.close("results")]),
    ]),
    ...collect(syntax, "results"),
  ];
}

/** Goroutines increment a number that a mutex protects, with a pause between the read and the write. */
function counter(syntax: Syntax, chance: Prng): Body {
  const add = [
    syntax.lock("mu"),
    syntax.variable("before", "total"),
    syntax.yield(),
    syntax.assign("total", `before + i * ${between(chance, 1, 5)} + 1`),
    syntax.unlock("mu"),
  ];
  return [
    syntax.mutex("mu"),
    syntax.group("wg"),
    syntax.variable("total", "0"),
    syntax.repeat("g", between(chance, 2, 8), [syntax.goIn("wg", [syntax.repeat("i", between(chance, 1, 10), add)])]),
    syntax.wait("wg"),
    syntax.print("total {total}"),
  ];
}

/** A buffered channel is a semaphore: the number of goroutines inside never exceeds its capacity. */
function semaphore(syntax: Syntax, chance: Prng): Body {
  const limit = between(chance, 1, 4);
  const guarded = (...body: Body): Body => [syntax.lock("mu"), ...body, syntax.unlock("mu")];
  return [
    syntax.channel("slots", limit),
    syntax.mutex("mu"),
    syntax.group("wg"),
    syntax.variable("inside", "0"),
    syntax.variable("total", "0"),
    syntax.repeat("g", between(chance, limit, 12), [
      syntax.goIn("wg", [
        syntax.send("slots", "g"),
        ...guarded(
          syntax.assign("inside", "inside + 1"),
          syntax.when(`inside > ${limit}`, [syntax.print("{inside} are inside")]),
        ),
        syntax.yield(),
        ...guarded(syntax.assign("inside", "inside - 1"), syntax.assign("total", `total + ${work(chance, "g")}`)),
        syntax.receive("slots"),
      ]),
    ]),
    syntax.wait("wg"),
    syntax.print("total {total}, inside {inside}"),
  ];
}

/** Two goroutines pass a ball back and forth. */
function pingPong(syntax: Syntax, chance: Prng): Body {
  return [
    syntax.channel("ping", room(chance)),
    syntax.channel("pong", room(chance)),
    syntax.go([syntax.range("ping", "ball", [syntax.send("pong", work(chance, "ball"))]), syntax.close("pong")]),
    syntax.variable("ball", String(between(chance, 0, 9))),
    syntax.repeat("i", between(chance, 1, 12), [
      syntax.send("ping", "ball % 1000"),
      syntax.receive("pong", "back"),
      syntax.assign("ball", "back"),
      syntax.print("{i} {ball}"),
    ]),
    syntax.close("ping"),
    syntax.receiveOk("pong", "more", [syntax.print("more {more}")], [syntax.print("closed")]),
  ];
}

/** A select reads several channels until all are closed; a closed one is set to nil. */
function merge(syntax: Syntax, chance: Prng): Body {
  const inputs = names("in", between(chance, 2, 4));
  const arm = (_: string, i: number): Arm => ({
    receive: `open${i}`,
    into: "x",
    then: [syntax.append("all", "x")],
    closed: [syntax.off(`open${i}`), syntax.assign("ended", "ended + 1")],
  });
  const produce = (input: string): Body => [
    syntax.channel(input, room(chance)),
    syntax.go([
      syntax.repeat("i", between(chance, 0, 10), [syntax.send(input, work(chance, "i"))]),
      syntax.close(input),
    ]),
  ];
  return [
    ...inputs.flatMap(produce),
    ...inputs.map((input, i) => syntax.alias(`open${i}`, input)),
    syntax.list("all"),
    syntax.variable("ended", "0"),
    syntax.loop(inputs.map((_, i) => `open${i} != nil`).join(" || "), [syntax.select(inputs.map(arm))]),
    syntax.printSorted("merged", "all"),
    syntax.print("ended {ended}"),
  ];
}

/** A token circulates, and each goroutine of the ring adds to it. */
function ring(syntax: Syntax, chance: Prng): Body {
  const links = names("link", between(chance, 2, 9));
  const last = links.at(-1) as string;
  return [
    ...links.map((link) => syntax.channel(link, room(chance))),
    ...links
      .slice(1)
      .map((link, i) =>
        syntax.go([
          syntax.range(`link${i}`, "token", [syntax.send(link, `token + ${between(chance, 1, 9)}`)]),
          syntax.close(link),
        ]),
      ),
    syntax.variable("token", "0"),
    syntax.repeat("lap", between(chance, 1, 8), [
      syntax.send("link0", "token"),
      syntax.receive(last, "back"),
      syntax.assign("token", "back"),
    ]),
    syntax.close("link0"),
    syntax.print("token {token}"),
    syntax.range(last, "more", [syntax.print("more {more}")]),
  ];
}

/** Each prime number has a goroutine that removes its multiples. */
function sieve(syntax: Syntax, chance: Prng): Body {
  const links = names("link", between(chance, 2, 7));
  const filter = (link: string, i: number): Body => [
    syntax.receive(`link${i}`, `prime${i}`),
    syntax.print(`prime {prime${i}}`),
    syntax.channel(link, room(chance)),
    syntax.go([
      syntax.range(`link${i}`, "n", [syntax.when(`n % prime${i} != 0`, [syntax.send(link, "n")])]),
      syntax.close(link),
    ]),
  ];
  return [
    syntax.channel("link0", room(chance)),
    syntax.go([syntax.repeat("i", between(chance, 20, 60), [syntax.send("link0", "i + 2")]), syntax.close("link0")]),
    ...links.slice(1).flatMap(filter),
    ...collect(syntax, links.at(-1) as string),
  ];
}

/** Workers do jobs until a channel is closed to stop them. */
function quit(syntax: Syntax, chance: Prng): Body {
  const job = [syntax.lock("mu"), syntax.assign("total", `total + ${work(chance, "n")}`), syntax.unlock("mu")];
  return [
    syntax.channel("jobs", 0),
    syntax.channel("enough", 0),
    syntax.mutex("mu"),
    syntax.group("wg"),
    syntax.variable("total", "0"),
    syntax.variable("left", "0"),
    syntax.repeat("w", between(chance, 1, 6), [
      syntax.goIn("wg", [
        syntax.loop(null, [
          syntax.select([
            { receive: "jobs", into: "n", then: job, closed: [] },
            {
              receive: "enough",
              then: [syntax.lock("mu"), syntax.assign("left", "left + 1"), syntax.unlock("mu"), syntax.leave()],
            },
          ]),
        ]),
      ]),
    ]),
    syntax.repeat("i", between(chance, 0, 15), [syntax.send("jobs", "i")]),
    syntax.close("enough"),
    syntax.wait("wg"),
    syntax.print("total {total}, {left} have left"),
  ];
}

/** Clients send requests to a server, which replies on a separate channel for each client. */
function server(syntax: Syntax, chance: Prng): Body {
  const replies = names("reply", between(chance, 1, 4));
  const answer = (reply: string, i: number): string =>
    syntax.when(`id == ${i}`, [syntax.send(reply, work(chance, "id"))]);
  const client = (reply: string, i: number): string =>
    syntax.goIn("clients", [
      syntax.repeat("i", between(chance, 1, 6), [
        syntax.send("requests", String(i)),
        syntax.receive(reply, "answer"),
        syntax.send("answers", "answer + i"),
      ]),
    ]);
  return [
    syntax.channel("requests", room(chance)),
    syntax.channel("answers", room(chance)),
    ...replies.map((reply) => syntax.channel(reply, room(chance))),
    syntax.group("clients"),
    syntax.go([syntax.range("requests", "id", replies.map(answer))]),
    ...replies.map(client),
    syntax.go([syntax.wait("clients"), syntax.close("requests"), syntax.close("answers")]),
    ...collect(syntax, "answers"),
  ];
}

/** Goroutines work in rounds, and a round begins after all have ended the previous one. */
function rounds(syntax: Syntax, chance: Prng): Body {
  const add = syntax.assign("total", `(total + (round + 1) * (${work(chance, "g")})) % 10007`);
  return [
    syntax.mutex("mu"),
    syntax.group("wg"),
    syntax.variable("total", "0"),
    syntax.repeat("round", between(chance, 1, 5), [
      syntax.repeat("g", between(chance, 1, 6), [syntax.goIn("wg", [syntax.lock("mu"), add, syntax.unlock("mu")])]),
      syntax.wait("wg"),
      syntax.print("round {round} total {total}"),
    ]),
  ];
}

/** Runners wait for a group, and all start when it is done. */
function start(syntax: Syntax, chance: Prng): Body {
  const ready = between(chance, 1, 3);
  const runner = syntax.goIn("race", [syntax.wait("ready"), syntax.send("times", work(chance, "r"))]);
  return [
    syntax.group("ready"),
    syntax.group("race"),
    syntax.channel("times", room(chance)),
    syntax.add("ready", ready),
    syntax.repeat("r", between(chance, 2, 8), [runner]),
    syntax.go([syntax.wait("race"), syntax.close("times")]),
    syntax.repeat("i", ready, [syntax.yield(), syntax.add("ready", -1)]),
    ...collect(syntax, "times"),
  ];
}

/** A select with a default fills a buffer, until it is full; another select then empties it. */
function buffer(syntax: Syntax, chance: Prng): Body {
  const capacity = between(chance, 1, 6);
  const tries = between(chance, 1, 9);
  return [
    syntax.channel("box", capacity),
    syntax.repeat("i", tries, [
      syntax.select(
        [{ send: "box", value: work(chance, "i"), then: [syntax.print("{i} is in")] }],
        [syntax.print("{i} is not")],
      ),
    ]),
    syntax.variable("count", syntax.length("box")),
    syntax.print("{count} are in"),
    ...(chance.randomInt(2) === 0 ? [syntax.close("box")] : []),
    syntax.repeat("i", capacity + 1, [
      syntax.select(
        [{ receive: "box", into: "x", then: [syntax.print("{x} is out")], closed: [syntax.print("closed")] }],
        [syntax.print("empty")],
      ),
    ]),
  ];
}

/** Each result has a channel of its own, so that the results can be read in the order of the requests. */
function futures(syntax: Syntax, chance: Prng): Body {
  const results = names("result", between(chance, 1, 8));
  return [
    ...results.map((result) => syntax.channel(result, between(chance, 0, 1))),
    ...results.map((result, i) =>
      syntax.go([syntax.variable("x", String(i)), syntax.yield(), syntax.send(result, work(chance, "x"))]),
    ),
    ...results.flatMap((result, i) => [syntax.receive(result, `x${i}`), syntax.print(`${i} is {x${i}}`)]),
  ];
}

/** A tree of goroutines: each adds the values of its two children. */
function tree(syntax: Syntax, chance: Prng): Body {
  const inner = between(chance, 1, 7);
  const nodes = names("node", 2 * inner + 1);
  const sum = (node: string, i: number): string =>
    syntax.go([
      syntax.receive(`node${2 * i + 1}`, "left"),
      syntax.receive(`node${2 * i + 2}`, "right"),
      syntax.send(node, "left + right"),
    ]);
  const leaf = (node: string): string => syntax.go([syntax.send(node, String(between(chance, 0, 99)))]);
  return [
    ...nodes.map((node) => syntax.channel(node, room(chance))),
    ...nodes.map((node, i) => (i < inner ? sum(node, i) : leaf(node))),
    syntax.receive("node0", "total"),
    syntax.print("total {total}"),
  ];
}

/** An unlimited sequence of numbers, until its reader stops it. */
function generator(syntax: Syntax, chance: Prng): Body {
  return [
    syntax.channel("numbers", room(chance)),
    syntax.channel("enough", 0),
    syntax.group("wg"),
    syntax.goIn("wg", [
      syntax.variable("n", String(between(chance, 0, 9))),
      syntax.loop(null, [
        syntax.select([
          { send: "numbers", value: "n", then: [syntax.assign("n", `(${work(chance, "n")}) % 1000`)] },
          { receive: "enough", then: [syntax.leave()] },
        ]),
      ]),
    ]),
    syntax.repeat("i", between(chance, 1, 10), [syntax.receive("numbers", "n"), syntax.print("{i} is {n}")]),
    syntax.close("enough"),
    syntax.wait("wg"),
    syntax.print("stopped"),
  ];
}

/** All patterns, by name. */
export const shapes: Readonly<Record<string, Shape>> = {
  pipeline: (syntax, chance) => pipeline(syntax, chance),
  pool: (syntax, chance) => pool(syntax, chance),
  counter,
  semaphore,
  pingPong,
  merge,
  ring,
  sieve,
  quit,
  server,
  rounds,
  start,
  buffer,
  futures,
  tree,
  generator,
};
