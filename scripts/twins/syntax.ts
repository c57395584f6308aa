// The statements of the twins, independent of the language: each program is written once with these methods, and printed in
// Go and in TypeScript.

/** The statements of a block, each of one or more lines. */
export type Body = readonly string[];

/** A program that can be printed in each language. Each call must return the same program. */
export type Writing = (syntax: Syntax) => Body;

/** One case of a select: with `into`, `then` can use the value under that name, and `closed` runs if the channel is closed. */
export type Arm =
  | { readonly send: string; readonly value: string; readonly then: Body }
  | { readonly receive: string; readonly then: Body }
  | { readonly receive: string; readonly into: string; readonly then: Body; readonly closed: Body };

/** The syntax of one language. Names, arithmetic and comparisons are passed in Go's syntax. All values are integers. */
export interface Syntax {
  /** Declares a channel; without a capacity, a nil channel. */
  channel(name: string, capacity: number | null): string;
  send(channel: string, value: string): string;
  /** Receives a value, or 0 from a closed channel; without a name, the value is ignored. */
  receive(channel: string, into?: string): string;
  /** Receives, and continues with `then`, or with `closed` if the channel is closed and empty. */
  receiveOk(channel: string, into: string, then: Body, closed: Body): string;
  range(channel: string, into: string, body: Body): string;
  close(channel: string): string;
  /** An expression for the number of values in the buffer. */
  length(channel: string): string;
  /** A second name for a channel, which `off` can make nil. */
  alias(name: string, channel: string): string;
  off(alias: string): string;
  select(arms: readonly Arm[], otherwise?: Body): string;

  group(name: string): string;
  add(group: string, delta: number): string;
  wait(group: string): string;
  mutex(name: string): string;
  lock(mutex: string): string;
  unlock(mutex: string): string;

  go(body: Body): string;
  /** Starts a goroutine with `group.go`. */
  goIn(group: string, body: Body): string;
  /** Yields to other goroutines. */
  yield(): string;
  /** Returns from the goroutine. */
  leave(): string;

  variable(name: string, value: string): string;
  assign(name: string, value: string): string;
  list(name: string): string;
  append(list: string, value: string): string;
  /** Prints `text`, in which `{name}` stands for the value of a variable. */
  print(text: string): string;
  printSorted(text: string, list: string): string;

  block(body: Body): string;
  when(condition: string, then: Body): string;
  /** Runs `body` with `name` from 0 to `times` - 1. */
  repeat(name: string, times: number, body: Body): string;
  /** Runs `body` while `condition` is true; without a condition, forever. */
  loop(condition: string | null, body: Body): string;
}

/** Returns `body` between two lines, indented by one step. */
export function enclose(open: string, step: string, body: Body, close: string): string {
  return [open, ...indent(step, body), close].join("\n");
}

/** Returns the lines of `body`, indented by one step. */
export function indent(step: string, body: Body): string[] {
  return body.flatMap((statement) => statement.split("\n")).map((line) => step + line);
}
