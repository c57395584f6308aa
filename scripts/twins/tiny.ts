// The small programs of the model as source code: each goroutine prints its log, one word per line.

import type { Operation, Outcome, Program } from "../../test/model/program.ts";
import type { Arm, Body, Syntax, Writing } from "./syntax.ts";

/** The statements of `program`. Each line of its output is the name of a goroutine, "g0" for main, and a word of its log. */
export function tiny(program: Program): Writing {
  return (syntax) => {
    const declared = declarations(syntax, program);
    const [main = [], ...others] = program.goroutines.map((operations, i) =>
      operations.flatMap((operation) => statementsOf(syntax, `g${i}`, operation)),
    );
    return [...declared, ...others.map((body) => syntax.go(body)), ...main];
  };
}

/** The outcome of a program with the output `lines`. */
export function outcomeOf(program: Program, lines: readonly string[], ending: string): Outcome {
  const logs: string[][] = program.goroutines.map(() => []);
  for (const line of lines) {
    const [, index, word] = /^g(\d+) (\S+)$/.exec(line) ?? [];
    logs[Number(index)]?.push(word as string);
  }
  return { ending, logs };
}

// Go does not compile unused variables. The generator produces none, but shrinking may.
function declarations(syntax: Syntax, program: Program): string[] {
  const text = JSON.stringify(program.goroutines);
  const isUsed = (kind: string, i: number): boolean => new RegExp(`"${kind}":${i}\\b`).test(text);
  const numbers = (count: number, kind: string): number[] =>
    Array.from({ length: count }, (_, i) => i).filter((i) => isUsed(kind, i));
  return [
    ...numbers(program.capacities.length, "channel").map((i) =>
      syntax.channel(`c${i}`, program.capacities[i] as number | null),
    ),
    ...numbers(program.groups, "group").map((i) => syntax.group(`wg${i}`)),
    ...numbers(program.mutexes, "mutex").map((i) => syntax.mutex(`mu${i}`)),
  ];
}

function statementsOf(syntax: Syntax, goroutine: string, operation: Operation): Body {
  const say = (word: string): string => syntax.print(`${goroutine} ${word}`);
  switch (operation.kind) {
    case "send":
      return [syntax.send(`c${operation.channel}`, String(operation.value)), say("send")];
    case "receive":
      return [syntax.receiveOk(`c${operation.channel}`, "v", [say("{v}")], [say("closed")])];
    case "range":
      return [syntax.range(`c${operation.channel}`, "v", [say("{v}")]), say("closed")];
    case "close":
      return [syntax.close(`c${operation.channel}`), say("close")];
    case "select":
      return [
        syntax.select(
          operation.cases.map((selectCase, i): Arm => {
            const name = `c${selectCase.channel}`;
            if (selectCase.kind === "send")
              return { send: name, value: String(selectCase.value), then: [say(`${i}:send`)] };
            return { receive: name, into: "v", then: [say(`${i}:{v}`)], closed: [say(`${i}:closed`)] };
          }),
          operation.default ? [say("default")] : undefined,
        ),
      ];
    case "add":
      return [syntax.add(`wg${operation.group}`, operation.delta), say("add")];
    case "wait":
      return [syntax.wait(`wg${operation.group}`), say("wait")];
    case "lock":
      return [syntax.lock(`mu${operation.mutex}`), say("lock")];
    case "unlock":
      return [syntax.unlock(`mu${operation.mutex}`), say("unlock")];
  }
}
