// Select: one communication out of several.
//
// Invariants:
//   1. Looking at the cases, and serving one or standing in all their lines, is one synchronous step.
//   2. A case that stands in a line belongs to a select that waits; the others leave theirs in the step that serves one.
//   3. Of the cases of one select in one line, each is as likely as the others to be the first.

import { brand, kindOf } from "../util/copies.ts";
import {
  chanReceive,
  chanReceiveNil,
  chanSend,
  chanSendNil,
  type Operation,
  selecting,
  selectingNothing,
} from "../runtime/wait-reasons.ts";
import { park, unpark } from "../runtime/parking.ts";
import { failed, pass, passedWith } from "../runtime/scheduler.ts";
import type { Line } from "../util/wait-queue.ts";
import { below } from "../runtime/realm.ts";
import { trace } from "../runtime/hooks.ts";
import { Pending, Waiter } from "../runtime/waiter.ts";
import { coreOf, type ReceiveChannel, refuse, type SendChannel } from "./channel.ts";
import type { Core } from "./channel-state.ts";

// Their names are what an error of the compiler says is missing.
declare const madeByReceive: unique symbol;
declare const madeBySend: unique symbol;

/** A case of {@link select} that receives a `T`. It is made by {@link receive}. */
export interface ReceiveCase<out T> {
  readonly [madeByReceive]: T;
}

/** A case of {@link select} that sends. It is made by {@link send}. */
export interface SendCase {
  readonly [madeBySend]: true;
}

type SelectCase = ReceiveCase<unknown> | SendCase;

type Outcome<Name, C> =
  C extends ReceiveCase<infer T>
    ? | { readonly case: Name; readonly value: T; readonly ok: true }
      | { readonly case: Name; readonly value: undefined; readonly ok: false }
    : { readonly case: Name };

type Index<I> = I extends `${infer N extends number}` ? N : number;

/** What a {@link select} over the cases `C` answers: which of them was served and, if it receives, what came. */
export type Selected<C> = C extends readonly unknown[]
  ? { [I in keyof C]: Outcome<Index<I>, C[I]> }[number]
  : { [Name in keyof C]-?: Outcome<Name extends number ? `${Name}` : Name, Exclude<C[Name], undefined>> }[keyof C];

type AnyChannel = ReceiveChannel<unknown> | SendChannel<never>;

// A wrong case is not assignable to a type whose name says what to write: that is what an error of the compiler shows.
type CheckedCase<Name, C> = Name extends "default"
  ? C extends true | undefined
    ? true
    : { readonly "default must be true": true }
  : C extends AnyChannel
    ? "write receive(channel) or send(channel, value)"
    : SelectCase;

/** The cases of a {@link select}, by name or by index. With `default: true` among them the select does not wait. */
export type NamedCases<C> = C extends AnyChannel | SelectCase
  ? "write { value: receive(channel), sent: send(channel, value) }"
  : { readonly [Name in keyof C]: CheckedCase<Name, C[Name]> };

/**
 * The case of a {@link select} that receives from `channel`. With `null` for a channel the case is off.
 *
 * Errors: throws `TypeError` if `channel` is neither a `Channel` nor null.
 */
export function receive<T>(channel: ReceiveChannel<T> | null | undefined): ReceiveCase<T> {
  const from = core("receive", channel);
  // A case that can never be ready is off: queued, it would retain its select for as long as the channel lives.
  return (from === null || from.isNever
    ? new Case<T>(chanReceive, null, undefined)
    : receiving(from)) as unknown as ReceiveCase<T>;
}

/**
 * The case of a {@link select} that sends `value` to `channel`. With `null` for a channel the case is off.
 *
 * Errors: throws `TypeError` if `channel` is neither a `Channel` nor null.
 */
export function send<T>(channel: SendChannel<T> | null | undefined, value: T): SendCase {
  return new Case<T>(chanSend, core("send", channel), value) as unknown as SendCase;
}

/**
 * Waits until one of the cases can be served, serves exactly that one, and tells which. Of several that can be, each is
 * equally likely, also after a wait. Those that lost have done nothing and leave nothing behind: a value whose send lost
 * was never sent. With `default: true` it does not wait: `default` is what it answers if none can be served now.
 *
 * The answer is a union that `switch` tells apart by `case`; `return`, `break` and `continue` in it mean what they mean in
 * Go. Cases may stand in an array too; then `case` is the index. A case can be used again, and by many selects at a time.
 *
 * Any name but `default` may be given to a case, also one that is a number or begins with a digit; the answer has it as a string.
 *
 * Errors: rejects with {@link PanicError} if the case that is served sends to a closed channel, and with `TypeError` if
 * something is not a case.
 *
 * Closed: a receive from a closed and empty channel can always be served, with `{ value: undefined, ok: false }`.
 *
 * Mirrors the `select` statement and `selectgo` of `runtime/select.go`; the array form, `reflect.Select`.
 *
 * @example
 * const jobs = new Channel<string>();
 * go(() => jobs.send("sweep"));
 * const s = await select({ job: receive(jobs), timeout: receive(time.after(time.second)) });
 * switch (s.case) {
 *   case "job":
 *     if (s.ok) console.log(s.value);
 *     break;
 *   case "timeout":
 *     console.log("nothing to do");
 *     break;
 * }
 */
export function select<const C extends object>(cases: C & NamedCases<C>): Promise<Selected<C>>;
export function select(cases: object, second?: unknown): Promise<Result> {
  try {
    if (second !== undefined)
      throw new TypeError(`select: cases must be one object, such as ${example}, got more arguments`);
    return Array.isArray(cases) ? numbered(cases) : named(cases);
  } catch (error) {
    return failed(error);
  }
}

const example = "{ value: receive(ch), sent: send(other, value) }";

// Most selects are steps of a loop, so that the case of the last step is free again.
function receiving<T>(core: Core<T>): Case<T> {
  const last = core.receiving as Case<T> | null;
  return last !== null && last.selection === null ? last : (core.receiving = new Case<T>(chanReceive, core, undefined));
}

interface Result {
  readonly case: string | number;
  readonly value?: unknown;
  readonly ok?: boolean;
}

export class Case<T> extends Waiter<T> {
  static {
    brand(this.prototype, "a case of select");
  }

  readonly operation: Operation;
  readonly core: Core<T> | null;

  /** What the answer calls it. */
  name: string | number = "";

  /** The number of the select that used it last. */
  usedBy = 0;

  /** The select that waits with it. */
  selection: Selection | null = null;

  constructor(operation: Operation, core: Core<T> | null, value: T | undefined) {
    super(won, value);
    this.operation = operation;
    this.core = core;
  }

  get sends(): boolean {
    return this.operation === chanSend;
  }

  get isReady(): boolean {
    const { core } = this;
    if (core === null) return false;
    return this.sends ? core.takes : core.holds || core.closed;
  }

  /** What `JSON.stringify` shows of a case, which refers to the others in its queue. */
  toJSON(): string {
    return this.operation.name;
  }

  override leaveQueues(): void {
    for (const one of (this.selection as Selection).cases) {
      if (one.line !== null) (one.core as Core<unknown>).abandon(one);
    }
  }
}

/** A select that waits. */
export class Selection extends Pending<Result> {
  readonly cases: readonly Case<unknown>[];
  readonly operation: Operation;

  constructor(cases: readonly Case<unknown>[]) {
    super();
    this.cases = cases;
    this.operation = operationOf(cases);
  }

  /** What it waits for, in a report. */
  override toString(): string {
    return this.cases.map((one) => `${one.name}: ${one.core === null ? "off" : String(one.core)}`).join(", ");
  }
}

// As in Go, a select of one case is the plain operation.
function operationOf([first, second]: readonly Case<unknown>[]): Operation {
  if (first === undefined) return selectingNothing;
  if (second !== undefined) return selecting;
  if (first.core !== null) return first.operation;
  return first.sends ? chanSendNil : chanReceiveNil;
}

/** The number of the select that looks at its cases. It begins anew some time: then a twin is made too many, which does no harm. */
let current = 0;

function begin(): void {
  current = (current + 1) & 0x3fff_ffff;
}

// All entries are read before any is looked at: a getter is user code, and might begin a select of its own with the cases.
// (Object.entries would make the select half as fast.)
function named(cases: object): Promise<Result> {
  if (typeof cases !== "object" || cases === null) throw notCases(cases);
  const names = Object.keys(cases);
  // A channel has no keys, and would be a select that waits forever.
  if (names.length === 0 && kindOf(cases) !== undefined) throw notCases(cases);
  const list: unknown[] = Object.values(cases);
  let place = -1;
  begin();
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string;
    if (name !== "default") list[i] = claim(list[i], name, cases);
    else if (list[i] === true) place = i;
    else throw new TypeError(`select: default must be true, got ${show(list[i])}`);
  }
  if (place >= 0) list.splice(place, 1);
  return decide(list as Case<unknown>[], place >= 0);
}

function numbered(cases: readonly unknown[]): Promise<Result> {
  const list = [...cases];
  begin();
  for (let i = 0; i < list.length; i++) list[i] = claim(list[i], i, cases);
  return decide(list as Case<unknown>[], false);
}

// A case can stand in one line. Where it is used twice, or by another select that waits, a twin takes its place.
function claim(entry: unknown, name: string | number, cases: object): Case<unknown> {
  if (!(entry instanceof Case)) throw notCase(entry, name, cases);
  const isFree = entry.selection === null && entry.usedBy !== current;
  const one: Case<unknown> = isFree ? entry : new Case(entry.operation, entry.core, entry.value);
  one.usedBy = current;
  one.name = name;
  return one;
}

function notCases(value: unknown): TypeError {
  return new TypeError(`select: cases must be an object, such as ${example}, got ${show(value)}`);
}

function notCase(value: unknown, name: string | number, cases: object): TypeError {
  if (kindOf(cases) !== undefined) return notCases(cases);
  const kind = kindOf(value);
  const advice = kind === "a Channel" ? `; write receive(ch) or send(ch, value)` : "";
  return new TypeError(`select: ${name} must be a case, made by receive or send, got ${show(value)}${advice}`);
}

function decide(cases: readonly Case<unknown>[], hasDefault: boolean): Promise<Result> {
  let chosen: Case<unknown> | null = null;
  let ready = 0;
  for (const one of cases) {
    // The k-th that is ready takes the place of the one chosen so far with probability 1/k: so all are equally likely.
    if (one.isReady && (++ready === 1 || below(ready) === 0)) chosen = one;
  }
  if (chosen === null && !hasDefault) return wait(cases);
  let result: Result;
  try {
    result = chosen === null ? { case: "default" } : serve(chosen);
  } finally {
    if (trace !== null) trace.select(cases, chosen, null);
  }
  return passedWith(result);
}

function serve(one: Case<unknown>): Result {
  const { name } = one;
  const core = one.core as Core<unknown>;
  if (one.sends) {
    core.offer(one.value);
    return { case: name };
  }
  if (core.holds) return { case: name, value: core.take(), ok: true };
  return { case: name, value: undefined, ok: false };
}

function wait(cases: readonly Case<unknown>[]): Promise<Result> {
  const selection = new Selection(cases);
  let isLocal = true;
  let sharesQueue = false;
  for (const one of cases) {
    one.selection = selection;
    const { core } = one;
    if (core === null) continue;
    if (!core.isLocal) isLocal = false;
    const line = queueOf(one);
    const { last } = line;
    if (last instanceof Case && last.selection === selection) sharesQueue = true;
    line.join(one);
    if (!one.sends) core.awaited();
  }
  if (sharesQueue) shuffle(cases);
  park(selection, selection.operation, isLocal, selection);
  return selection.promise;
}

function queueOf(one: Case<unknown>): Line<Waiter<unknown>> {
  const core = one.core as Core<unknown>;
  return one.sends ? core.senders : core.receivers;
}

// Puts the cases that are in one queue into a random order. They are the last there, because no other code has run since they joined.
function shuffle(cases: readonly Case<unknown>[]): void {
  const queues = new Map<Line<Waiter<unknown>>, Case<unknown>[]>();
  for (const one of cases) {
    if (one.core === null) continue;
    const line = queueOf(one);
    const found = queues.get(line);
    if (found === undefined) queues.set(line, [one]);
    else found.push(one);
  }
  for (const [line, inLine] of queues) {
    for (let rest = inLine.length; rest > 1; rest--) {
      const chosen = below(rest);
      const one = inLine[chosen] as Case<unknown>;
      inLine[chosen] = inLine[rest - 1] as Case<unknown>;
      line.leave(one);
      line.join(one);
    }
  }
}

// Completes the select whose case has been served. Its cases are free for other selects before a listener is called.
function won(one: Case<unknown>, isPatient?: boolean): void {
  const selection = one.selection as Selection;
  const { sends, name, value, ok } = one;
  release(selection);
  if (!sends) one.value = undefined;
  if (trace !== null) trace.select(selection.cases, one, selection);
  unpark(selection, selection.operation);
  if (!sends) pass(selection.answer, { case: name, value, ok }, selection.world, isPatient);
  else if (ok) pass(selection.answer, { case: name }, selection.world, isPatient);
  else refuse(selection);
}

/** Takes an operation that waits out of all lines: it will never be served. */
export function withdraw(party: object): void {
  if (party instanceof Waiter) {
    (party as Waiter<unknown>).line?.leave(party as Waiter<unknown>);
  } else if (party instanceof Selection) {
    release(party);
  }
}

// The cases leave all lines, and are free for other selects.
function release({ cases }: Selection): void {
  for (const one of cases) {
    one.selection = null;
    if (one.line !== null) (one.core as Core<unknown>).abandon(one);
  }
}

function core<T>(caller: string, channel: ReceiveChannel<T> | SendChannel<T> | null | undefined): Core<T> | null {
  if (channel === null || channel === undefined) return null;
  const found = typeof channel === "object" ? coreOf<T>(channel) : undefined;
  if (found !== undefined) return found;
  const isLike = kindOf(channel) === "a Channel";
  const got = isLike ? "a proxy or an imitation of a Channel; pass the Channel itself" : show(channel);
  throw new TypeError(`${caller}: channel must be a Channel or null, got ${got}`);
}

function show(value: unknown): string {
  const kind = kindOf(value);
  if (kind !== undefined) return kind;
  if (typeof value === "string") return JSON.stringify(value);
  return typeof value === "object" && value !== null ? Object.prototype.toString.call(value) : String(value);
}
