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
  type WaitReason,
  waitSelect,
  waitSelectNoCases,
} from "../runtime/wait-reasons.ts";
import { park, unpark } from "../runtime/parking.ts";
import { rejected, resolveFairly, resolvedWith } from "../runtime/scheduler.ts";
import type { WaitQueue } from "../util/wait-queue.ts";
import { below } from "../runtime/realm.ts";
import { hooks } from "../runtime/hooks.ts";
import { Deferred, Waiter } from "../runtime/waiter.ts";
import { channelStateOf, type ReceiveChannel, rejectClosedSend, type SendChannel } from "./channel.ts";
import type { ChannelState } from "./channel-state.ts";

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

type CaseResult<Name, C> =
  C extends ReceiveCase<infer T>
    ? | { readonly case: Name; readonly value: T; readonly ok: true }
      | { readonly case: Name; readonly value: undefined; readonly ok: false }
    : { readonly case: Name };

type TupleIndex<I> = I extends `${infer N extends number}` ? N : number;

/** What a {@link select} over the cases `C` answers: which of them was served and, if it receives, what came. */
export type SelectResult<C> = C extends readonly unknown[]
  ? { [I in keyof C]: CaseResult<TupleIndex<I>, C[I]> }[number]
  : { [Name in keyof C]-?: CaseResult<Name extends number ? `${Name}` : Name, Exclude<C[Name], undefined>> }[keyof C];

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
export type SelectCases<C> = C extends AnyChannel | SelectCase
  ? "write { value: receive(channel), sent: send(channel, value) }"
  : { readonly [Name in keyof C]: CheckedCase<Name, C[Name]> };

/**
 * The case of a {@link select} that receives from `channel`. With `null` for a channel the case is off.
 *
 * Errors: throws `TypeError` if `channel` is neither a `Channel` nor null.
 */
export function receive<T>(channel: ReceiveChannel<T> | null | undefined): ReceiveCase<T> {
  const from = state("receive", channel);
  // A case that can never be ready is off: queued, it would retain its select for as long as the channel lives.
  return (from === null || from.isNever
    ? new Case<T>(chanReceive, null, undefined)
    : reuseReceiveCase(from)) as unknown as ReceiveCase<T>;
}

/**
 * The case of a {@link select} that sends `value` to `channel`. With `null` for a channel the case is off.
 *
 * Errors: throws `TypeError` if `channel` is neither a `Channel` nor null.
 */
export function send<T>(channel: SendChannel<T> | null | undefined, value: T): SendCase {
  return new Case<T>(chanSend, state("send", channel), value) as unknown as SendCase;
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
export function select<const C extends object>(cases: C & SelectCases<C>): Promise<SelectResult<C>>;
export function select(cases: object, second?: unknown): Promise<Result> {
  try {
    if (second !== undefined)
      throw new TypeError(`select: cases must be one object, such as ${example}, got more arguments`);
    return Array.isArray(cases) ? selectByIndex(cases) : selectByName(cases);
  } catch (error) {
    return rejected(error);
  }
}

const example = "{ value: receive(ch), sent: send(other, value) }";

// Most selects are steps of a loop, so that the case of the last step is free again.
function reuseReceiveCase<T>(requireState: ChannelState<T>): Case<T> {
  const last = requireState.cachedReceiveCase as Case<T> | null;
  return last !== null && last.pendingSelect === null
    ? last
    : (requireState.cachedReceiveCase = new Case<T>(chanReceive, requireState, undefined));
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

  readonly operation: WaitReason;
  readonly state: ChannelState<T> | null;

  /** What the answer calls it. */
  name: string | number = "";

  /** The number of the select that used it last. */
  lastSelectId = 0;

  /** The select that waits with it. */
  pendingSelect: PendingSelect | null = null;

  constructor(operation: WaitReason, state: ChannelState<T> | null, value: T | undefined) {
    super(onCaseServed, value);
    this.operation = operation;
    this.state = state;
  }

  get isSend(): boolean {
    return this.operation === chanSend;
  }

  get isReady(): boolean {
    const { state: core } = this;
    if (core === null) return false;
    return this.isSend ? core.canSend : core.canReceive || core.closed;
  }

  /** What `JSON.stringify` shows of a case, which refers to the others in its queue. */
  toJSON(): string {
    return this.operation.name;
  }

  override get parkedOperation(): object {
    return this.pendingSelect as PendingSelect;
  }

  override leaveQueues(): void {
    for (const one of (this.pendingSelect as PendingSelect).cases) {
      if (one.queue !== null) (one.state as ChannelState<unknown>).removeWaiter(one);
    }
  }
}

/** A select that waits. */
export class PendingSelect extends Deferred<Result> {
  readonly cases: readonly Case<unknown>[];
  readonly operation: WaitReason;

  constructor(cases: readonly Case<unknown>[]) {
    super();
    this.cases = cases;
    this.operation = operationOf(cases);
  }

  /** What it waits for, in a report. */
  override toString(): string {
    return this.cases.map((one) => `${one.name}: ${one.state === null ? "off" : String(one.state)}`).join(", ");
  }
}

// As in Go, a select of one case is the plain operation.
function operationOf([first, second]: readonly Case<unknown>[]): WaitReason {
  if (first === undefined) return waitSelectNoCases;
  if (second !== undefined) return waitSelect;
  if (first.state !== null) return first.operation;
  return first.isSend ? chanSendNil : chanReceiveNil;
}

/** The number of the select that looks at its cases. It begins anew some time: then a twin is made too many, which does no harm. */
let selectId = 0;

function nextSelectId(): void {
  selectId = (selectId + 1) & 0x3fff_ffff;
}

// All entries are read before any is looked at: a getter is user code, and might begin a select of its own with the cases.
// (Object.entries would make the select half as fast.)
function selectByName(cases: object): Promise<Result> {
  if (typeof cases !== "object" || cases === null) throw notCases(cases);
  const names = Object.keys(cases);
  // A channel has no keys, and would be a select that waits forever.
  if (names.length === 0 && kindOf(cases) !== undefined) throw notCases(cases);
  const list: unknown[] = Object.values(cases);
  let place = -1;
  nextSelectId();
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string;
    if (name !== "default") list[i] = bindCase(list[i], name, cases);
    else if (list[i] === true) place = i;
    else throw new TypeError(`select: default must be true, got ${inspect(list[i])}`);
  }
  if (place >= 0) list.splice(place, 1);
  return pollCases(list as Case<unknown>[], place >= 0);
}

function selectByIndex(cases: readonly unknown[]): Promise<Result> {
  const list = [...cases];
  nextSelectId();
  for (let i = 0; i < list.length; i++) list[i] = bindCase(list[i], i, cases);
  return pollCases(list as Case<unknown>[], false);
}

// A case can stand in one line. Where it is used twice, or by another select that waits, a twin takes its place.
function bindCase(entry: unknown, name: string | number, cases: object): Case<unknown> {
  if (!(entry instanceof Case)) throw notCase(entry, name, cases);
  const isFree = entry.pendingSelect === null && entry.lastSelectId !== selectId;
  const one: Case<unknown> = isFree ? entry : new Case(entry.operation, entry.state, entry.value);
  one.lastSelectId = selectId;
  one.name = name;
  return one;
}

function notCases(value: unknown): TypeError {
  return new TypeError(`select: cases must be an object, such as ${example}, got ${inspect(value)}`);
}

function notCase(value: unknown, name: string | number, cases: object): TypeError {
  if (kindOf(cases) !== undefined) return notCases(cases);
  const kind = kindOf(value);
  const advice = kind === "a Channel" ? `; write receive(ch) or send(ch, value)` : "";
  return new TypeError(`select: ${name} must be a case, made by receive or send, got ${inspect(value)}${advice}`);
}

function pollCases(cases: readonly Case<unknown>[], hasDefault: boolean): Promise<Result> {
  let chosen: Case<unknown> | null = null;
  let ready = 0;
  for (const one of cases) {
    // The k-th that is ready takes the place of the one chosen so far with probability 1/k: so all are equally likely.
    if (one.isReady && (++ready === 1 || below(ready) === 0)) chosen = one;
  }
  if (chosen === null && !hasDefault) return blockOnCases(cases);
  let result: Result;
  try {
    result = chosen === null ? { case: "default" } : completeCase(chosen);
  } finally {
    if (hooks !== null) hooks.select(cases, chosen, null);
  }
  return resolvedWith(result);
}

function completeCase(one: Case<unknown>): Result {
  const { name } = one;
  const state = one.state as ChannelState<unknown>;
  if (one.isSend) {
    state.trySend(one.value);
    return { case: name };
  }
  if (state.canReceive) return { case: name, value: state.receiveNow(), ok: true };
  return { case: name, value: undefined, ok: false };
}

function blockOnCases(cases: readonly Case<unknown>[]): Promise<Result> {
  const selection = new PendingSelect(cases);
  let isLocal = true;
  let sharesQueue = false;
  for (const one of cases) {
    one.pendingSelect = selection;
    const { state: core } = one;
    if (core === null) continue;
    if (!core.isDurable) isLocal = false;
    const line = queueOf(one);
    const { last } = line;
    if (last instanceof Case && last.pendingSelect === selection) sharesQueue = true;
    line.push(one);
    if (!one.isSend) core.onReceiverParked();
  }
  if (sharesQueue) shuffle(cases);
  park(selection, selection.operation, isLocal, selection);
  return selection.promise;
}

function queueOf(one: Case<unknown>): WaitQueue<Waiter<unknown>> {
  const state = one.state as ChannelState<unknown>;
  return one.isSend ? state.senders : state.receivers;
}

// Puts the cases that are in one queue into a random order. They are the last there, because no other code has run since they joined.
function shuffle(cases: readonly Case<unknown>[]): void {
  const queues = new Map<WaitQueue<Waiter<unknown>>, Case<unknown>[]>();
  for (const one of cases) {
    if (one.state === null) continue;
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
      line.remove(one);
      line.push(one);
    }
  }
}

// Completes the select whose case has been served. Its cases are free for other selects before a listener is called.
function onCaseServed(one: Case<unknown>, mayDefer?: boolean): void {
  const selection = one.pendingSelect as PendingSelect;
  const { isSend: sends, name, value, ok } = one;
  dequeueCases(selection);
  if (!sends) one.value = undefined;
  if (hooks !== null) hooks.select(selection.cases, one, selection);
  unpark(selection, selection.operation);
  if (!sends) resolveFairly(selection.resolve, { case: name, value, ok }, selection.realm, mayDefer);
  else if (ok) resolveFairly(selection.resolve, { case: name }, selection.realm, mayDefer);
  else rejectClosedSend(selection);
}

/** Takes an operation that waits out of all lines: it will never be served. */
export function cancelWaiter(waiter: object): void {
  if (waiter instanceof Waiter) {
    (waiter as Waiter<unknown>).queue?.remove(waiter as Waiter<unknown>);
  } else if (waiter instanceof PendingSelect) {
    dequeueCases(waiter);
  }
}

// The cases leave all lines, and are free for other selects.
function dequeueCases({ cases }: PendingSelect): void {
  for (const one of cases) {
    one.pendingSelect = null;
    if (one.queue !== null) (one.state as ChannelState<unknown>).removeWaiter(one);
  }
}

function state<T>(
  caller: string,
  channel: ReceiveChannel<T> | SendChannel<T> | null | undefined,
): ChannelState<T> | null {
  if (channel === null || channel === undefined) return null;
  const found = typeof channel === "object" ? channelStateOf<T>(channel) : undefined;
  if (found !== undefined) return found;
  const isLike = kindOf(channel) === "a Channel";
  const got = isLike ? "a proxy or an imitation of a Channel; pass the Channel itself" : inspect(channel);
  throw new TypeError(`${caller}: channel must be a Channel or null, got ${got}`);
}

function inspect(value: unknown): string {
  const kind = kindOf(value);
  if (kind !== undefined) return kind;
  if (typeof value === "string") return JSON.stringify(value);
  return typeof value === "object" && value !== null ? Object.prototype.toString.call(value) : String(value);
}
