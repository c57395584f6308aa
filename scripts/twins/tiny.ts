// The small programs of the model, written out: each goroutine prints its log, a word a line.

import type { Operation, Outcome, Program } from "../../test/model/program.ts";
import type { Arm, Body, Tongue, Writing } from "./syntax.ts";

/** `program` in words; a line that it prints is the name of a goroutine, "g0" for main, and a word of its log. */
export function tiny(program: Program): Writing {
  return (tongue) => {
    const declared = declarations(tongue, program);
    const [main = [], ...others] = program.goroutines.map((operations, i) =>
      operations.flatMap((operation) => spoken(tongue, `g${i}`, operation)),
    );
    return [...declared, ...others.map((body) => tongue.go(body)), ...main];
  };
}

/** What the lines that the program printed tell of its logs. */
export function outcomeOf(program: Program, lines: readonly string[], ending: string): Outcome {
  const logs: string[][] = program.goroutines.map(() => []);
  for (const line of lines) {
    const [, index, word] = /^g(\d+) (\S+)$/.exec(line) ?? [];
    logs[Number(index)]?.push(word as string);
  }
  return { ending, logs };
}

// Go does not compile a program with a variable that nobody uses; the generator makes none, but shrinking may.
function declarations(tongue: Tongue, program: Program): string[] {
  const text = JSON.stringify(program.goroutines);
  const isUsed = (kind: string, i: number): boolean => new RegExp(`"${kind}":${i}\\b`).test(text);
  const numbers = (count: number, kind: string): number[] =>
    Array.from({ length: count }, (_, i) => i).filter((i) => isUsed(kind, i));
  return [
    ...numbers(program.capacities.length, "channel").map((i) =>
      tongue.channel(`c${i}`, program.capacities[i] as number | null),
    ),
    ...numbers(program.groups, "group").map((i) => tongue.group(`wg${i}`)),
    ...numbers(program.mutexes, "mutex").map((i) => tongue.mutex(`mu${i}`)),
  ];
}

function spoken(tongue: Tongue, who: string, operation: Operation): Body {
  const say = (word: string): string => tongue.print(`${who} ${word}`);
  switch (operation.kind) {
    case "send":
      return [tongue.send(`c${operation.channel}`, String(operation.value)), say("send")];
    case "receive":
      return [tongue.receiveOk(`c${operation.channel}`, "v", [say("{v}")], [say("closed")])];
    case "range":
      return [tongue.range(`c${operation.channel}`, "v", [say("{v}")]), say("closed")];
    case "close":
      return [tongue.close(`c${operation.channel}`), say("close")];
    case "select":
      return [
        tongue.select(
          operation.cases.map((one, i): Arm => {
            const name = `c${one.channel}`;
            if (one.kind === "send") return { send: name, value: String(one.value), then: [say(`${i}:send`)] };
            return { receive: name, into: "v", then: [say(`${i}:{v}`)], closed: [say(`${i}:closed`)] };
          }),
          operation.default ? [say("default")] : undefined,
        ),
      ];
    case "add":
      return [tongue.add(`wg${operation.group}`, operation.delta), say("add")];
    case "wait":
      return [tongue.wait(`wg${operation.group}`), say("wait")];
    case "lock":
      return [tongue.lock(`mu${operation.mutex}`), say("lock")];
    case "unlock":
      return [tongue.unlock(`mu${operation.mutex}`), say("unlock")];
  }
}
