// The errors of the compiler for typical mistakes: the first line of each error names the mistake.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import ts from "typescript";

const root = fileURLToPath(new URL("../", import.meta.url));

const mistakes: readonly (readonly [name: string, code: string, message: string])[] = [
  [
    "a misspelled option of a pool",
    "new WorkerPool(async (_c, n: number) => n, { worker: 2 });",
    "Object literal may only specify known properties, but 'worker' does not exist in type '(PoolOptions<number, number> & object) | SourcePoolOptions<number, number>'. Did you mean to write 'workers'?",
  ],
  [
    "a misspelled option beside a correct option",
    "new WorkerPool(async (_c, n: number) => n, { queueSize: 1, worker: 2 });",
    "Object literal may only specify known properties, but 'worker' does not exist in type 'PoolOptions<number, number> & object'. Did you mean to write 'workers'?",
  ],
  [
    "a misspelled option of runPool",
    "void runPool(context.background(), words, new Channel(), async (_c, word) => word.length, { worker: 2 });",
    "Object literal may only specify known properties, but 'worker' does not exist in type 'RunPoolOptions<string, unknown>'. Did you mean to write 'workers'?",
  ],
  [
    "a channel as a case",
    "void select({ word: words });",
    `Type 'Channel<string>' is not assignable to type 'Channel<string> & "write receive(channel) or send(channel, value)"'.`,
  ],
  [
    "a channel as a case in an array",
    "void select([receive(words), words]);",
    `Type 'Channel<string>' is not assignable to type 'Channel<string> & "write receive(channel) or send(channel, value)"'.`,
  ],
  [
    "a channel instead of the cases",
    "void select(words);",
    `Argument of type 'Channel<string>' is not assignable to parameter of type 'Channel<string> & "write { value: receive(channel), sent: send(channel, value) }"'.`,
  ],
  [
    "cases that are not in an object",
    "void select(receive(words), receive(words));",
    "Argument of type 'ReceiveCase<string>' is not assignable to parameter of type 'readonly unknown[] & readonly SelectCase[]'.",
  ],
  [
    "a default that is not true",
    "void select({ word: receive(words), default: false });",
    `Type 'false' is not assignable to type 'false & { readonly "default must be true": true; }'.`,
  ],
  [
    "a value that is not a case",
    "void select({ word: {} });",
    "Type '{}' is not assignable to type 'ReceiveCase<unknown> | SendCase | PromiseCase<unknown>'.",
  ],
  [
    "a channel as a declared case",
    "export const one: ReceiveCase<string> = words;",
    "Property '[madeByReceive]' is missing in type 'Channel<string>' but required in type 'ReceiveCase<string>'.",
  ],
  [
    "a context in place of the options",
    "void new Mutex().lock(context.background());",
    "Argument of type 'Context' is not assignable to parameter of type 'LockOptions'.",
  ],
  [
    "a value of another type",
    "void words.send(1);",
    "Argument of type 'number' is not assignable to parameter of type 'string'.",
  ],
];

test.each(mistakes)("%s", (_, code, message) => {
  expect(errorsOf.get(code)).toEqual([
    expect.stringMatching(new RegExp(`^${message.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}`)),
  ]);
});

const errorsOf = compile(mistakes.map(([, code]) => code));

/** Returns the errors of each program, without running it. */
function compile(programs: readonly string[]): Map<string, string[]> {
  const imports =
    'import { Channel, context, Mutex, receive, type ReceiveCase, runPool, select, WorkerPool } from "goro";\n';
  const given =
    "export const used = [Channel, context, Mutex, receive, runPool, select, WorkerPool];\nconst words = new Channel<string>();\n";
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), (file) => ts.sys.readFile(file)) as {
    config: object;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const files = new Map(programs.map((code, i) => [join(root, "test", `mistake-${i}.ts`), imports + given + code]));
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (file) => files.has(file) || fileExists(file);
  host.readFile = (file) => files.get(file) ?? readFile(file);
  host.getSourceFile = (file, ...otherArguments) => {
    const text = files.get(file);
    return text === undefined
      ? getSourceFile(file, ...otherArguments)
      : ts.createSourceFile(file, text, ...(otherArguments.slice(0, 1) as [ts.ScriptTarget]));
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return new Map(
    [...files.keys()].map((file, i) => [
      programs[i] as string,
      program
        .getSemanticDiagnostics(program.getSourceFile(file))
        .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"))
        .filter((text) => !text.includes("never read")),
    ]),
  );
}
