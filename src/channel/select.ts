// Select: one communication out of several.
//
// Invariants:
//   1. Checking the cases, and then completing one or queuing all, is one synchronous step.
//   2. A case in a queue belongs to a waiting select; the step that serves one of its cases removes the others from their queues.
//   3. Of the cases of one select in the same queue, each is equally likely to be the first.

import { CancelableOperation } from "../runtime/cancelable-wait.ts";
import { hooks } from "../runtime/hooks.ts";
import { PanicError } from "../runtime/panic.ts";
import { below } from "../runtime/realm.ts";
import { onNextTurn, rejected, resolvedWith } from "../runtime/scheduler.ts";
import {
  awaitPromise,
  chanReceive,
  chanReceiveNil,
  chanSend,
  chanSendNil,
  park,
  type WaitReason,
  waitSelect,
  waitSelectNoCases,
} from "../runtime/wait-reasons.ts";
import { Deferred, Waiter } from "../runtime/waiter.ts";
import { brand, kindOf } from "../util/copies.ts";
import { Check } from "../util/validate.ts";
import type { WaitQueue } from "../util/wait-queue.ts";
import { channelStateOf, type ReceiveChannel, type SendChannel } from "./channel.ts";
import type { ChannelState } from "./channel-state.ts";
import { type PromiseState, promiseStateOf } from "./promise-state.ts";

// The compiler shows these names in its errors, as what is missing.
declare const madeByReceive: unique symbol;
declare const madeBySend: unique symbol;
declare const madeByPromise: unique symbol;

/** A case of {@link select} that receives a `T`. It is made by {@link receive}. */
export interface ReceiveCase<out T> {
  /** @hidden */
  readonly [madeByReceive]: T;
}

/** A case of {@link select} that sends. It is made by {@link send}. */
export interface SendCase {
  /** @hidden */
  readonly [madeBySend]: true;
}

/** A case of {@link select} that waits for a promise of a `T`. It is made by {@link promise}. */
export interface PromiseCase<out T> {
  /** @hidden */
  readonly [madeByPromise]: T;
}

type SelectCase = ReceiveCase<unknown> | SendCase | PromiseCase<unknown>;

type CaseResult<Name, C> =
  C extends ReceiveCase<infer T>
    ? | {
          /** The name of the case that was served; its index, if the cases are in an array. */
          readonly case: Name;
          /** The value that was received. */
          readonly value: T;
          /** True: a value was received. */
          readonly ok: true;
        }
      | {
          /** The name of the case that was served; its index, if the cases are in an array. */
          readonly case: Name;
          /** Undefined: the channel is closed. */
          readonly value: undefined;
          /** False: the channel is closed, and its buffer is empty. */
          readonly ok: false;
        }
    : C extends PromiseCase<infer T>
      ? {
          /** The name of the case that was served; its index, if the cases are in an array. */
          readonly case: Name;
          /** The value of the promise. */
          readonly value: T;
        }
      : {
          /** The name of the case that was served; its index, if the cases are in an array. */
          readonly case: Name;
        };

type TupleIndex<I> = I extends `${infer N extends number}` ? N : number;

/** The result of a {@link select} over the cases `C`: the name or index of the served case and, if it receives, the value. */
export type SelectResult<C> = C extends readonly unknown[]
  ? { [I in keyof C]: CaseResult<TupleIndex<I>, C[I]> }[number]
  : { [Name in keyof C]-?: CaseResult<Name extends number ? `${Name}` : Name, Exclude<C[Name], undefined>> }[keyof C];

type AnyChannel = ReceiveChannel<unknown> | SendChannel<never>;

// A wrong case is not assignable to a type whose name says what to write: the compiler shows that name in its error.
type CheckedCase<Name, C> = Name extends "default"
  ? C extends true | undefined
    ? true
    : { readonly "default must be true": true }
  : C extends AnyChannel
    ? "write receive(channel) or send(channel, value)"
    : SelectCase;

/** The cases of a {@link select}, by name or by index. With `default: true` among named cases the select does not wait. */
export type SelectCases<C> = C extends AnyChannel | SelectCase
  ? "write { value: receive(channel), sent: send(channel, value) }"
  : { readonly [Name in keyof C]: CheckedCase<Name, C[Name]> };

/**
 * Returns the case of a {@link select} that receives from `channel`. With `null` for a channel the case is disabled.
 *
 * @throws {TypeError} if `channel` is neither a channel nor null.
 */
export function receive<T>(channel: ReceiveChannel<T> | null | undefined): ReceiveCase<T> {
  const state = requireState("receive", channel);
  // A case that can never be ready is disabled: in a queue, it would keep its select in memory as long as the channel.
  return (state === null || state.isNever
    ? new Case<T>(chanReceive, null, undefined)
    : reuseCase(chanReceive, state)) as unknown as ReceiveCase<T>;
}

/**
 * Returns the case of a {@link select} that sends `value` to `channel`. With `null` for a channel the case is disabled.
 *
 * @throws {TypeError} if `channel` is neither a channel nor null.
 */
export function send<T>(channel: SendChannel<T> | null | undefined, value: T): SendCase {
  return new Case<T>(chanSend, requireState("send", channel), value) as unknown as SendCase;
}

/**
 * Returns the case of a {@link select} that waits for `promise` to settle. Its result has the `value` of the promise; if the promise is
 * rejected, the select rejects with that reason. A settled promise is always ready, as a closed channel is. With `null` for a promise the
 * case is disabled.
 *
 * A promise gets one reaction, however often it is selected on: a select that is decided otherwise leaves nothing behind on it. From the
 * call of this function, a rejection of the promise is handled: if no select is decided for the case, it is discarded, as it is by
 * `Promise.race`.
 *
 * @throws {TypeError} if `promise` is neither a promise (or another object with a method `then`) nor null.
 *
 * @example
 * const closed = time.sleep(10).then(() => "bye");
 * const s = await select({ closed: promise(closed), late: receive(time.after(time.second)) });
 * console.log(s.case, s.value); // closed bye
 */
export function promise<T>(promise: PromiseLike<T> | null | undefined): PromiseCase<T> {
  return (promise === null || promise === undefined
    ? new Case<never>(awaitPromise, null, undefined)
    : reuseCase(awaitPromise, promiseStateOf("promise", promise))) as unknown as PromiseCase<T>;
}

/**
 * Waits until one of the cases can proceed, completes exactly that one, and returns its name. If several can proceed, each is chosen with
 * the same probability, also after a wait. The other cases have no effect: the value of a send case that was not chosen was not sent. With
 * `default: true` it does not wait: the result is `default` if no case can proceed now.
 *
 * The result is a union that `switch` discriminates by `case`; `return`, `break` and `continue` in it mean what they mean in Go. Any name
 * except `default` may be given to a case, also one that is a number or begins with a digit; the result has it as a string. Cases may also
 * be in an array. Then `case` is the index, and the second argument `{ default: true }` adds a default. A case can be used again, and by
 * many selects at a time.
 *
 * Closed: a receive case on a closed and empty channel can always proceed, with `{ value: undefined, ok: false }`.
 *
 * @throws {PanicError} (rejects) if the chosen case sends to a closed channel; the reason of the promise (rejects) if the chosen case is
 * a rejected promise; {TypeError} (rejects) for a value that is not a case.
 *
 * @see [the select statement](https://go.dev/ref/spec#Select_statements) and `selectgo` of `runtime/select.go`; for the array form,
 * [reflect.Select](https://pkg.go.dev/reflect#Select)
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
/**
 * Completes one of the cases of an array that can proceed now, and returns its index; returns `default` if none can. It does not wait. All
 * else is as of `select` with one argument.
 *
 * @param options - `{ default: true }`
 */
export function select<const C extends readonly unknown[]>(
  cases: C & SelectCases<C>,
  options: {
    /** True: the select does not wait. */
    readonly default: true;
  },
): Promise<
  | SelectResult<C>
  | {
      /** "default": no case could proceed. */
      readonly case: "default";
    }
>;
export function select(cases: object, options?: unknown): Promise<Result> {
  try {
    if (Array.isArray(cases)) return selectByIndex(cases, options !== undefined && hasDefault(options));
    if (options !== undefined)
      throw new TypeError(`select: cases must be one object, such as ${example}, got more arguments`);
    return selectByName(cases);
  } catch (error) {
    return rejected(error);
  }
}

const check = /* @__PURE__ */ new Check("select");
const example = "{ value: receive(ch), sent: send(other, value) }";

// Most selects are steps of a loop: the case of the previous step is free again.
function reuseCase<T>(operation: WaitReason, state: ChannelState<T>): Case<T> {
  const last = state.cachedReceiveCase as Case<T> | null;
  return last !== null && last.pendingSelect === null
    ? last
    : (state.cachedReceiveCase = new Case<T>(operation, state, undefined));
}

/** The channels whose cached cases selects have used, until the next turn of the event loop: a finished select leaves nothing on a channel. */
let caching: ChannelState<unknown>[] = [];

/** The largest number of them: a loop over many channels must not retain all of them until the next turn. */
const maxCaching = 1024;

/** Called with a case that is used for the first time. */
function expireCached(used: Case<unknown>): void {
  const { state } = used;
  if (state === null || state.cachedReceiveCase !== used) return;
  if (caching.length === maxCaching) clearCaching();
  if (caching.length === 0) onNextTurn(clearCaching);
  caching.push(state);
}

function clearCaching(): void {
  for (const state of caching) state.cachedReceiveCase = null;
  caching = [];
}

interface Result {
  readonly case: string | number;
  readonly value?: unknown;
  readonly ok?: boolean;
}

/** A case of a select. It is the waiter that is queued in its channel. */
export class Case<T> extends Waiter<T> {
  static {
    brand(this.prototype, "a case of select");
  }

  readonly operation: WaitReason;

  /** The state of its channel; null if the case is disabled. */
  readonly state: ChannelState<T> | null;

  /** Its name or index in the select. */
  name: string | number = "";

  /** The number of the select that used it last; 0 before the first. */
  lastSelectId = 0;

  /** The select that waits with this case. */
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
    const { state } = this;
    if (state === null) return false;
    return this.isSend ? state.canSend : state.canReceive || state.closed;
  }

  // A case has circular references.
  toJSON(): string {
    return this.operation.name;
  }

  override get parkedOperation(): object {
    return this.pendingSelect as PendingSelect;
  }

  override leaveQueues(): void {
    for (const waiter of (this.pendingSelect as PendingSelect).cases) {
      if (waiter.queue !== null) (waiter.state as ChannelState<unknown>).removeWaiter(waiter);
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
    this.operation = reasonOf(cases);
  }

  /** The cases as a report shows them. */
  override toString(): string {
    return this.cases.map(({ name, state }) => `${name}: ${state === null ? "off" : String(state)}`).join(", ");
  }
}

// As in Go, a select with one case is reported as the plain operation.
function reasonOf([first, second]: readonly Case<unknown>[]): WaitReason {
  if (first === undefined) return waitSelectNoCases;
  if (second !== undefined) return waitSelect;
  if (first.state !== null || first.operation === awaitPromise) return first.operation;
  return first.isSend ? chanSendNil : chanReceiveNil;
}

/** The number of the current select. It wraps around; in the worst case one unnecessary copy of a case is made. */
let selectId = 0;

function nextSelectId(): void {
  selectId = (selectId + 1) & 0x3fff_ffff;
}

// All entries are read before any is checked: a getter is user code, and might start another select with the same cases.
// (With Object.entries a select would take twice as long.)
function selectByName(cases: object): Promise<Result> {
  if (typeof cases !== "object" || cases === null) throw casesError(cases);
  const names = Object.keys(cases);
  // A channel has no keys, and would be a select that waits forever.
  if (names.length === 0 && kindOf(cases) !== undefined) throw casesError(cases);
  const list: unknown[] = Object.values(cases);
  let defaultIndex = -1;
  nextSelectId();
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string;
    if (name !== "default") list[i] = bindCase(list[i], name, cases);
    else if (list[i] === true) defaultIndex = i;
    else throw new TypeError(`select: default must be true, got ${inspect(list[i])}`);
  }
  if (defaultIndex >= 0) list.splice(defaultIndex, 1);
  return pollCases(list as Case<unknown>[], defaultIndex >= 0);
}

function selectByIndex(cases: readonly unknown[], withDefault: boolean): Promise<Result> {
  const list = [...cases];
  nextSelectId();
  for (let i = 0; i < list.length; i++) list[i] = bindCase(list[i], i, cases);
  return pollCases(list as Case<unknown>[], withDefault);
}

function hasDefault(options: unknown): true {
  check.options(options, ["default"]);
  const { default: value } = options as { default?: unknown };
  if (value !== true) throw new TypeError(`select: default must be true, got ${inspect(value)}`);
  return true;
}

// A case can be in one queue. If it is used twice, or by another select that waits, a copy takes its place.
function bindCase(entry: unknown, name: string | number, cases: object): Case<unknown> {
  if (!(entry instanceof Case)) throw caseError(entry, name, cases);
  const isFree = entry.pendingSelect === null && entry.lastSelectId !== selectId;
  const bound: Case<unknown> = isFree ? entry : new Case(entry.operation, entry.state, entry.value);
  if (bound.lastSelectId === 0) expireCached(bound);
  bound.lastSelectId = selectId;
  bound.name = name;
  return bound;
}

function casesError(value: unknown): TypeError {
  return new TypeError(`select: cases must be an object, such as ${example}, got ${inspect(value)}`);
}

function caseError(value: unknown, name: string | number, cases: object): TypeError {
  if (kindOf(cases) !== undefined) return casesError(cases);
  const advice =
    kindOf(value) === "a Channel"
      ? "; write receive(ch) or send(ch, value)"
      : value instanceof Promise
        ? "; write promise(p)"
        : "";
  return new TypeError(
    `select: ${name} must be a case, made by receive, send or promise, got ${inspect(value)}${advice}`,
  );
}

function pollCases(cases: readonly Case<unknown>[], withDefault: boolean): Promise<Result> {
  let chosen: Case<unknown> | null = null;
  let ready = 0;
  for (const candidate of cases) {
    if (candidate.operation === awaitPromise) {
      const ready = (candidate.state as PromiseState | null)?.ready ?? null;
      if (ready !== null) return pollWhenReady(ready, cases, withDefault);
    }
    // The k-th ready case replaces the chosen one with probability 1/k, so that all are equally likely.
    if (candidate.isReady && (++ready === 1 || below(ready) === 0)) chosen = candidate;
  }
  if (chosen === null && !withDefault) return blockOnCases(cases);
  let result: Result;
  try {
    result = chosen === null ? { case: "default" } : completeCase(chosen);
  } finally {
    if (hooks !== null) hooks.select(cases, chosen, null);
  }
  return resolvedWith(result);
}

// Between this call and the next, the cases may be used by other selects.
function pollWhenReady(ready: Promise<void>, cases: readonly Case<unknown>[], withDefault: boolean): Promise<Result> {
  const names = cases.map(({ name }) => name);
  return ready.then(() => {
    nextSelectId();
    return pollCases(
      cases.map((entry, i) => bindCase(entry, names[i] as string | number, cases)),
      withDefault,
    );
  });
}

function completeCase(chosen: Case<unknown>): Result {
  const { name } = chosen;
  if (chosen.operation === awaitPromise) return { case: name, value: (chosen.state as PromiseState).result() };
  const state = chosen.state as ChannelState<unknown>;
  if (chosen.isSend) {
    state.sendIfReady(chosen.value);
    return { case: name };
  }
  if (state.canReceive) return { case: name, value: state.receiveNow(), ok: true };
  return { case: name, value: undefined, ok: false };
}

function blockOnCases(cases: readonly Case<unknown>[]): Promise<Result> {
  const select = new PendingSelect(cases);
  let isDurable = true;
  let sharesQueue = false;
  for (const waiter of cases) {
    waiter.pendingSelect = select;
    const { state } = waiter;
    if (state === null) continue;
    if (!state.isDurable) isDurable = false;
    const { last } = queueOf(waiter);
    if (last instanceof Case && last.pendingSelect === select) sharesQueue = true;
    if (waiter.isSend) state.senders.push(waiter);
    else state.pushReceiver(waiter);
  }
  if (sharesQueue) shuffleQueued(cases);
  park(select, select.operation, isDurable, select);
  return select.promise;
}

function queueOf(waiter: Case<unknown>): WaitQueue<Waiter<unknown>> {
  const state = waiter.state as ChannelState<unknown>;
  return waiter.isSend ? state.senders : state.receivers;
}

// Puts the cases that are in the same queue into a random order. They are the last of that queue, because no other code has run since
// they were queued.
function shuffleQueued(cases: readonly Case<unknown>[]): void {
  const byQueue = new Map<WaitQueue<Waiter<unknown>>, Case<unknown>[]>();
  for (const waiter of cases) {
    if (waiter.state === null) continue;
    const queue = queueOf(waiter);
    const queued = byQueue.get(queue);
    if (queued === undefined) byQueue.set(queue, [waiter]);
    else queued.push(waiter);
  }
  for (const [queue, queued] of byQueue) {
    for (let remaining = queued.length; remaining > 1; remaining--) {
      const index = below(remaining);
      const chosen = queued[index] as Case<unknown>;
      queued[index] = queued[remaining - 1] as Case<unknown>;
      queue.remove(chosen);
      queue.push(chosen);
    }
  }
}

// Completes the select of the served case. Its cases are free for other selects before a hook is called.
function onCaseServed(served: Case<unknown>, mayDefer?: boolean): void {
  const select = served.pendingSelect as PendingSelect;
  const { operation, name, value, ok } = served;
  dequeueCases(select);
  if (operation !== chanSend) served.value = undefined;
  if (hooks !== null) hooks.select(select.cases, served, select);
  if (operation === chanReceive) select.resume(select.operation, { case: name, value, ok }, mayDefer);
  else if (operation === awaitPromise) resumeWithOutcome(select, served);
  else if (ok) select.resume(select.operation, { case: name }, mayDefer);
  else select.resumeWithError(select.operation, new PanicError("send on closed channel"));
}

function resumeWithOutcome(select: PendingSelect, served: Case<unknown>): void {
  let result: Result;
  try {
    result = completeCase(served);
  } catch (reason) {
    select.resumeWithError(select.operation, reason as Error);
    return;
  }
  select.resume(select.operation, result);
}

/** Removes a waiting operation from all queues: it will not be served. */
export function cancelWaiter(waiter: object): void {
  if (waiter instanceof Waiter) {
    if (waiter instanceof CancelableOperation) waiter.endWatch();
    (waiter as Waiter<unknown>).queue?.remove(waiter as Waiter<unknown>);
  } else if (waiter instanceof PendingSelect) {
    dequeueCases(waiter);
  } else {
    // An operation with several waiters, such as a send of a Broadcast.
    (waiter as { leaveQueues?(): void }).leaveQueues?.();
  }
}

// Removes the cases from all queues and frees them for other selects.
function dequeueCases({ cases }: PendingSelect): void {
  for (const waiter of cases) {
    waiter.pendingSelect = null;
    if (waiter.queue !== null) (waiter.state as ChannelState<unknown>).removeWaiter(waiter);
  }
}

function requireState<T>(
  caller: string,
  channel: ReceiveChannel<T> | SendChannel<T> | null | undefined,
): ChannelState<T> | null {
  if (channel === null || channel === undefined) return null;
  const state = typeof channel === "object" ? channelStateOf<T>(channel) : undefined;
  if (state !== undefined) return state;
  const isImitation = kindOf(channel) === "a Channel";
  const got = isImitation ? "a proxy or an imitation of a Channel; pass the Channel itself" : inspect(channel);
  throw new TypeError(`${caller}: channel must be a Channel or null, got ${got}`);
}

function inspect(value: unknown): string {
  const kind = kindOf(value);
  if (kind !== undefined) return kind;
  if (typeof value === "string") return JSON.stringify(value);
  return typeof value === "object" && value !== null ? Object.prototype.toString.call(value) : String(value);
}
