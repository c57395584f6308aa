// Larger programs, of the patterns that people write. Their sizes and numbers are random, and yet what each prints is
// determined: whatever the order of its goroutines, sums and sorted lists are the same.

import type { Prng } from "../../src/util/prng.ts";
import type { Arm, Body, Tongue } from "./tongue.ts";

/** One pattern, of a size that chance decides; all that is printed is printed by the goroutine that calls it. */
export type Shape = (tongue: Tongue, chance: Prng) => Body;

/** A whole number from `low` to `high`. */
export function between(chance: Prng, low: number, high: number): number {
  return low + chance.randomInt(high - low + 1);
}

/** Some arithmetic with `x`, which is at least 0; so is the result. */
export function work(chance: Prng, x: string): string {
  const scaled = `${x} * ${between(chance, 2, 9)} + ${between(chance, 0, 20)}`;
  return chance.randomInt(2) === 0 ? scaled : `(${scaled}) % ${between(chance, 5, 97)}`;
}

/** The capacity of a channel: often none. */
export function room(chance: Prng): number {
  return chance.randomInt(2) === 0 ? 0 : between(chance, 1, 5);
}

/** Names with numbers: `count` of them, from 0 on. */
function names(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${name}${i}`);
}

/** Receives all of `channel`, and prints it sorted, and its sum. */
export function collect(tongue: Tongue, channel: string): Body {
  return [
    tongue.list("all"),
    tongue.variable("sum", "0"),
    tongue.range(channel, "x", [tongue.append("all", "x"), tongue.assign("sum", "sum + x")]),
    tongue.printSorted("all", "all"),
    tongue.print("sum {sum}"),
  ];
}

/** Numbers go through a chain of stages, in order; some stages drop some of them. One stage may forget to close. */
export function pipeline(tongue: Tongue, chance: Prng, forgets?: number): Body {
  const links = names("link", between(chance, 2, 6));
  const end = (stage: number, link: string): Body => (forgets === stage ? [] : [tongue.close(link)]);
  const stages = links.slice(1).map((link, i) => {
    const send = tongue.send(link, work(chance, "x"));
    const keep = chance.randomInt(3) === 0 ? tongue.when(`x % ${between(chance, 2, 4)} != 0`, [send]) : send;
    return tongue.go([tongue.range(`link${i}`, "x", [keep]), ...end(i + 1, link)]);
  });
  const source = tongue.repeat("i", between(chance, 1, 20), [tongue.send("link0", work(chance, "i"))]);
  return [
    ...links.map((link) => tongue.channel(link, room(chance))),
    tongue.go([source, ...end(0, "link0")]),
    ...stages,
    tongue.variable("sum", "0"),
    tongue.range(links.at(-1) as string, "x", [tongue.print("out {x}"), tongue.assign("sum", "sum + x")]),
    tongue.print("sum {sum}"),
  ];
}

/** What can be wrong with a {@link pool}. */
export type Mistake = "jobs stay open" | "results stay open" | "one worker too many is counted";

/** Workers share the jobs; when all of them have ended, the results are closed. */
export function pool(tongue: Tongue, chance: Prng, mistake?: Mistake): Body {
  const workers = between(chance, 1, 6);
  const body = tongue.range("jobs", "n", [tongue.send("results", work(chance, "n"))]);
  const isCounted = chance.randomInt(2) === 0;
  const start = isCounted
    ? [tongue.add("wg", 1), tongue.go([body, tongue.add("wg", -1)])]
    : [tongue.goIn("wg", [body])];
  return [
    tongue.channel("jobs", room(chance)),
    tongue.channel("results", room(chance)),
    tongue.group("wg"),
    ...(mistake === "one worker too many is counted" ? [tongue.add("wg", 1)] : []),
    tongue.repeat("w", workers, start),
    tongue.go([
      tongue.repeat("i", between(chance, 1, 30), [tongue.send("jobs", "i")]),
      ...(mistake === "jobs stay open" ? [] : [tongue.close("jobs")]),
      tongue.wait("wg"),
      ...(mistake === "results stay open" ? [] : [tongue.close("results")]),
    ]),
    ...collect(tongue, "results"),
  ];
}

/** Goroutines add to a number that a mutex guards, with a pause between reading and writing. */
function counter(tongue: Tongue, chance: Prng): Body {
  const add = [
    tongue.lock("mu"),
    tongue.variable("before", "total"),
    tongue.yield(),
    tongue.assign("total", `before + i * ${between(chance, 1, 5)} + 1`),
    tongue.unlock("mu"),
  ];
  return [
    tongue.mutex("mu"),
    tongue.group("wg"),
    tongue.variable("total", "0"),
    tongue.repeat("g", between(chance, 2, 8), [tongue.goIn("wg", [tongue.repeat("i", between(chance, 1, 10), add)])]),
    tongue.wait("wg"),
    tongue.print("total {total}"),
  ];
}

/** A buffered channel is a semaphore: never are more goroutines inside than it has room for. */
function semaphore(tongue: Tongue, chance: Prng): Body {
  const limit = between(chance, 1, 4);
  const guarded = (...body: Body): Body => [tongue.lock("mu"), ...body, tongue.unlock("mu")];
  return [
    tongue.channel("slots", limit),
    tongue.mutex("mu"),
    tongue.group("wg"),
    tongue.variable("inside", "0"),
    tongue.variable("total", "0"),
    tongue.repeat("g", between(chance, limit, 12), [
      tongue.goIn("wg", [
        tongue.send("slots", "g"),
        ...guarded(
          tongue.assign("inside", "inside + 1"),
          tongue.when(`inside > ${limit}`, [tongue.print("{inside} are inside")]),
        ),
        tongue.yield(),
        ...guarded(tongue.assign("inside", "inside - 1"), tongue.assign("total", `total + ${work(chance, "g")}`)),
        tongue.receive("slots"),
      ]),
    ]),
    tongue.wait("wg"),
    tongue.print("total {total}, inside {inside}"),
  ];
}

/** A ball goes to and fro. */
function pingPong(tongue: Tongue, chance: Prng): Body {
  return [
    tongue.channel("ping", room(chance)),
    tongue.channel("pong", room(chance)),
    tongue.go([tongue.range("ping", "ball", [tongue.send("pong", work(chance, "ball"))]), tongue.close("pong")]),
    tongue.variable("ball", String(between(chance, 0, 9))),
    tongue.repeat("i", between(chance, 1, 12), [
      tongue.send("ping", "ball % 1000"),
      tongue.receive("pong", "back"),
      tongue.assign("ball", "back"),
      tongue.print("{i} {ball}"),
    ]),
    tongue.close("ping"),
    tongue.receiveOk("pong", "more", [tongue.print("more {more}")], [tongue.print("closed")]),
  ];
}

/** A select reads several channels until all are closed; one that is, is set to nil. */
function merge(tongue: Tongue, chance: Prng): Body {
  const inputs = names("in", between(chance, 2, 4));
  const arm = (_: string, i: number): Arm => ({
    receive: `open${i}`,
    into: "x",
    then: [tongue.append("all", "x")],
    closed: [tongue.off(`open${i}`), tongue.assign("ended", "ended + 1")],
  });
  const produce = (input: string): Body => [
    tongue.channel(input, room(chance)),
    tongue.go([
      tongue.repeat("i", between(chance, 0, 10), [tongue.send(input, work(chance, "i"))]),
      tongue.close(input),
    ]),
  ];
  return [
    ...inputs.flatMap(produce),
    ...inputs.map((input, i) => tongue.alias(`open${i}`, input)),
    tongue.list("all"),
    tongue.variable("ended", "0"),
    tongue.loop(inputs.map((_, i) => `open${i} != nil`).join(" || "), [tongue.select(inputs.map(arm))]),
    tongue.printSorted("merged", "all"),
    tongue.print("ended {ended}"),
  ];
}

/** A token goes round, and each goroutine of the ring adds to it. */
function ring(tongue: Tongue, chance: Prng): Body {
  const links = names("link", between(chance, 2, 9));
  const last = links.at(-1) as string;
  return [
    ...links.map((link) => tongue.channel(link, room(chance))),
    ...links
      .slice(1)
      .map((link, i) =>
        tongue.go([
          tongue.range(`link${i}`, "token", [tongue.send(link, `token + ${between(chance, 1, 9)}`)]),
          tongue.close(link),
        ]),
      ),
    tongue.variable("token", "0"),
    tongue.repeat("lap", between(chance, 1, 8), [
      tongue.send("link0", "token"),
      tongue.receive(last, "back"),
      tongue.assign("token", "back"),
    ]),
    tongue.close("link0"),
    tongue.print("token {token}"),
    tongue.range(last, "more", [tongue.print("more {more}")]),
  ];
}

/** Each prime number that is found gets a goroutine, which lets no multiple of it pass. */
function sieve(tongue: Tongue, chance: Prng): Body {
  const links = names("link", between(chance, 2, 7));
  const filter = (link: string, i: number): Body => [
    tongue.receive(`link${i}`, `prime${i}`),
    tongue.print(`prime {prime${i}}`),
    tongue.channel(link, room(chance)),
    tongue.go([
      tongue.range(`link${i}`, "n", [tongue.when(`n % prime${i} != 0`, [tongue.send(link, "n")])]),
      tongue.close(link),
    ]),
  ];
  return [
    tongue.channel("link0", room(chance)),
    tongue.go([tongue.repeat("i", between(chance, 20, 60), [tongue.send("link0", "i + 2")]), tongue.close("link0")]),
    ...links.slice(1).flatMap(filter),
    ...collect(tongue, links.at(-1) as string),
  ];
}

/** Workers do jobs until a channel is closed to tell them that it is enough. */
function quit(tongue: Tongue, chance: Prng): Body {
  const job = [tongue.lock("mu"), tongue.assign("total", `total + ${work(chance, "n")}`), tongue.unlock("mu")];
  return [
    tongue.channel("jobs", 0),
    tongue.channel("enough", 0),
    tongue.mutex("mu"),
    tongue.group("wg"),
    tongue.variable("total", "0"),
    tongue.variable("left", "0"),
    tongue.repeat("w", between(chance, 1, 6), [
      tongue.goIn("wg", [
        tongue.loop(null, [
          tongue.select([
            { receive: "jobs", into: "n", then: job, closed: [] },
            {
              receive: "enough",
              then: [tongue.lock("mu"), tongue.assign("left", "left + 1"), tongue.unlock("mu"), tongue.leave()],
            },
          ]),
        ]),
      ]),
    ]),
    tongue.repeat("i", between(chance, 0, 15), [tongue.send("jobs", "i")]),
    tongue.close("enough"),
    tongue.wait("wg"),
    tongue.print("total {total}, {left} have left"),
  ];
}

/** Clients ask a server, and each is answered on a channel of its own. */
function server(tongue: Tongue, chance: Prng): Body {
  const replies = names("reply", between(chance, 1, 4));
  const answer = (reply: string, i: number): string =>
    tongue.when(`id == ${i}`, [tongue.send(reply, work(chance, "id"))]);
  const client = (reply: string, i: number): string =>
    tongue.goIn("clients", [
      tongue.repeat("i", between(chance, 1, 6), [
        tongue.send("requests", String(i)),
        tongue.receive(reply, "answer"),
        tongue.send("answers", "answer + i"),
      ]),
    ]);
  return [
    tongue.channel("requests", room(chance)),
    tongue.channel("answers", room(chance)),
    ...replies.map((reply) => tongue.channel(reply, room(chance))),
    tongue.group("clients"),
    tongue.go([tongue.range("requests", "id", replies.map(answer))]),
    ...replies.map(client),
    tongue.go([tongue.wait("clients"), tongue.close("requests"), tongue.close("answers")]),
    ...collect(tongue, "answers"),
  ];
}

/** Goroutines work in rounds, and a round begins when all have ended the one before. */
function rounds(tongue: Tongue, chance: Prng): Body {
  const add = tongue.assign("total", `(total + (round + 1) * (${work(chance, "g")})) % 10007`);
  return [
    tongue.mutex("mu"),
    tongue.group("wg"),
    tongue.variable("total", "0"),
    tongue.repeat("round", between(chance, 1, 5), [
      tongue.repeat("g", between(chance, 1, 6), [tongue.goIn("wg", [tongue.lock("mu"), add, tongue.unlock("mu")])]),
      tongue.wait("wg"),
      tongue.print("round {round} total {total}"),
    ]),
  ];
}

/** Runners wait for a group to be done, and go all at once. */
function start(tongue: Tongue, chance: Prng): Body {
  const ready = between(chance, 1, 3);
  const runner = tongue.goIn("race", [tongue.wait("ready"), tongue.send("times", work(chance, "r"))]);
  return [
    tongue.group("ready"),
    tongue.group("race"),
    tongue.channel("times", room(chance)),
    tongue.add("ready", ready),
    tongue.repeat("r", between(chance, 2, 8), [runner]),
    tongue.go([tongue.wait("race"), tongue.close("times")]),
    tongue.repeat("i", ready, [tongue.yield(), tongue.add("ready", -1)]),
    ...collect(tongue, "times"),
  ];
}

/** A select with a default fills a buffer, and finds it full; then it is emptied the same way. */
function buffer(tongue: Tongue, chance: Prng): Body {
  const capacity = between(chance, 1, 6);
  const tries = between(chance, 1, 9);
  return [
    tongue.channel("box", capacity),
    tongue.repeat("i", tries, [
      tongue.select(
        [{ send: "box", value: work(chance, "i"), then: [tongue.print("{i} is in")] }],
        [tongue.print("{i} is not")],
      ),
    ]),
    tongue.variable("count", tongue.length("box")),
    tongue.print("{count} are in"),
    ...(chance.randomInt(2) === 0 ? [tongue.close("box")] : []),
    tongue.repeat("i", capacity + 1, [
      tongue.select(
        [{ receive: "box", into: "x", then: [tongue.print("{x} is out")], closed: [tongue.print("closed")] }],
        [tongue.print("empty")],
      ),
    ]),
  ];
}

/** Each result has a channel of its own, so that they can be read in the order of the questions. */
function futures(tongue: Tongue, chance: Prng): Body {
  const results = names("result", between(chance, 1, 8));
  return [
    ...results.map((result) => tongue.channel(result, between(chance, 0, 1))),
    ...results.map((result, i) =>
      tongue.go([tongue.variable("x", String(i)), tongue.yield(), tongue.send(result, work(chance, "x"))]),
    ),
    ...results.flatMap((result, i) => [tongue.receive(result, `x${i}`), tongue.print(`${i} is {x${i}}`)]),
  ];
}

/** A tree of goroutines: each adds up what its two children send. */
function tree(tongue: Tongue, chance: Prng): Body {
  const inner = between(chance, 1, 7);
  const nodes = names("node", 2 * inner + 1);
  const sum = (node: string, i: number): string =>
    tongue.go([
      tongue.receive(`node${2 * i + 1}`, "left"),
      tongue.receive(`node${2 * i + 2}`, "right"),
      tongue.send(node, "left + right"),
    ]);
  const leaf = (node: string): string => tongue.go([tongue.send(node, String(between(chance, 0, 99)))]);
  return [
    ...nodes.map((node) => tongue.channel(node, room(chance))),
    ...nodes.map((node, i) => (i < inner ? sum(node, i) : leaf(node))),
    tongue.receive("node0", "total"),
    tongue.print("total {total}"),
  ];
}

/** Numbers without end, until the one who reads them has had enough. */
function generator(tongue: Tongue, chance: Prng): Body {
  return [
    tongue.channel("numbers", room(chance)),
    tongue.channel("enough", 0),
    tongue.group("wg"),
    tongue.goIn("wg", [
      tongue.variable("n", String(between(chance, 0, 9))),
      tongue.loop(null, [
        tongue.select([
          { send: "numbers", value: "n", then: [tongue.assign("n", `(${work(chance, "n")}) % 1000`)] },
          { receive: "enough", then: [tongue.leave()] },
        ]),
      ]),
    ]),
    tongue.repeat("i", between(chance, 1, 10), [tongue.receive("numbers", "n"), tongue.print("{i} is {n}")]),
    tongue.close("enough"),
    tongue.wait("wg"),
    tongue.print("stopped"),
  ];
}

/** All of them, by name. */
export const shapes: Readonly<Record<string, Shape>> = {
  pipeline: (tongue, chance) => pipeline(tongue, chance),
  pool: (tongue, chance) => pool(tongue, chance),
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
