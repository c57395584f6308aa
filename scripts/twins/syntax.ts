// What a program of the twins can say, whatever the language: each program is written once, in these words, and spoken in
// Go and in TypeScript.

/** The statements of a block, each of one or more lines. */
export type Body = readonly string[];

/** A program in a language that is still to be chosen; each time it is asked, the same program. */
export type Writing = (tongue: Tongue) => Body;

/** One case of a select: with `into`, `then` has the value under that name, and `closed` runs if there is none. */
export type Arm =
  | { readonly send: string; readonly value: string; readonly then: Body }
  | { readonly receive: string; readonly then: Body }
  | { readonly receive: string; readonly into: string; readonly then: Body; readonly closed: Body };

/** One language. Names, arithmetic and comparisons are given as Go writes them. All values are whole numbers. */
export interface Tongue {
  /** Declares a channel; without a capacity, one that is nil. */
  channel(name: string, capacity: number | null): string;
  send(channel: string, value: string): string;
  /** Receives what comes, 0 from a closed channel; without a name, nobody looks at it. */
  receive(channel: string, into?: string): string;
  /** Receives, and goes on with the value or, if the channel is closed and empty, without. */
  receiveOk(channel: string, into: string, then: Body, closed: Body): string;
  range(channel: string, into: string, body: Body): string;
  close(channel: string): string;
  /** How many values are in the buffer, as an expression. */
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
  /** Starts a goroutine that the group counts. */
  goIn(group: string, body: Body): string;
  /** Lets others run. */
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
  /** Runs `body` as long as `condition` holds; without one, for ever. */
  loop(condition: string | null, body: Body): string;
}

/** `body` between two lines, a step further to the right. */
export function enclosed(open: string, step: string, body: Body, close: string): string {
  return [open, ...indented(step, body), close].join("\n");
}

/** The lines of `body`, a step further to the right. */
export function indented(step: string, body: Body): string[] {
  return body.flatMap((statement) => statement.split("\n")).map((line) => step + line);
}
