// A channel that drops values when its buffer is full, so that a send never waits.

import { hooks } from "../runtime/hooks.ts";
import type { WaitOptions } from "../runtime/cancellation.ts";
import { PanicError } from "../runtime/panic.ts";
import { Check, checkCount, describe } from "../util/validate.ts";
import { Channel } from "./channel.ts";
import { ChannelState } from "./channel-state.ts";

/** What a full channel does with a value that is sent: "drop-oldest" drops the oldest value of the buffer instead, "drop-newest" drops it. */
export type DropPolicy = "drop-oldest" | "drop-newest";

/** Options of a {@link LossyChannel}. */
export interface LossyChannelOptions {
  /**
   * The value that is dropped when the buffer is full: with "drop-oldest" the oldest value in the buffer, with "drop-newest" the one being
   * sent.
   */
  readonly overflow: DropPolicy;

  /**
   * The name of the channel in traces, in snapshots, and in what `console.log` prints.
   *
   * @defaultValue none
   */
  readonly name?: string;
}

const check = /* @__PURE__ */ new Check("LossyChannel");

/**
 * A channel that drops a value when its buffer is full: `send` never waits, and a slow receiver never delays a sender. Use it where only
 * recent values matter ("drop-oldest": a position, a price), or where a value that is there already is as good ("drop-newest": a request
 * to redraw). Otherwise use a {@link Channel}, whose sends wait.
 *
 * All other operations are those of a {@link Channel}. In a `select`, a send case is always ready.
 *
 * @see [signal.Notify](https://pkg.go.dev/os/signal#Notify), which drops the newest; in Go, such a send is a select with a default
 *
 * @example
 * const positions = new LossyChannel<number>(2, { overflow: "drop-oldest" });
 * for (const position of [1, 2, 3]) await positions.send(position);
 * positions.close();
 * for await (const position of positions) console.log(position); // 2, 3
 * console.log(positions.dropped); // 1
 */
export class LossyChannel<in out T> extends Channel<T> {
  readonly #state: LossyState<T>;

  /**
   * Makes an open channel.
   *
   * @param capacity - the number of values that the buffer can hold: an integer from 1 to 2^32 - 1
   * @throws {RangeError} for any other capacity.
   * @throws {TypeError} for an `overflow` that is missing or unknown, an unknown option, or a name that is not a string.
   */
  constructor(capacity: number, options: LossyChannelOptions) {
    check.options(options, ["overflow", "name"], overflowAliases);
    const { overflow, name = "" } = Object(options) as LossyChannelOptions;
    checkOverflow(check, overflow, dropPolicies);
    checkName(check, name);
    const state = new LossyState<T>(checkCount(check, "capacity", 1, capacity, 0xffff_ffff), name, overflow);
    super(capacity, undefined, state);
    this.#state = state;
  }

  /**
   * Sends `value` without waiting. If the buffer is full, a value is dropped: the oldest one of the buffer, or `value` itself with
   * "drop-newest".
   *
   * Cancellation: rejects with `ctx.err()` or with the reason of `signal` if the cancellation was before the call; no value is sent or dropped
   * then.
   *
   * @throws {PanicError} (rejects) if the channel is closed; {TypeError} (rejects) for options that are unknown or of a wrong type.
   */
  override send(value: T, options?: WaitOptions): Promise<void> {
    return super.send(value, options);
  }

  /**
   * Sends `value` as `send` does, and reports whether it was kept: with "drop-newest", false means that the buffer was full and `value` was
   * dropped. Sending it again may drop and count it again.
   *
   * @throws {PanicError} if the channel is closed.
   */
  override trySend(value: T): boolean {
    return super.trySend(value);
  }

  /** The number of values that were dropped. */
  get dropped(): number {
    return this.#state.dropped;
  }
}

/** The state of a channel that drops values. It has no senders that wait. */
export class LossyState<T> extends ChannelState<T> {
  readonly #overflow: DropPolicy;
  dropped = 0;

  constructor(capacity: number, name: string, overflow: DropPolicy) {
    super(capacity, name);
    this.#overflow = overflow;
  }

  override get canSend(): boolean {
    return true;
  }

  /** Returns false if `value` was dropped; panics if the channel is closed. */
  override trySend(value: T): boolean {
    if (this.closed) throw new PanicError("send on closed channel");
    return this.#offer(value);
  }

  override sendNow(value: T): true {
    this.#offer(value);
    return true;
  }

  override describe(): string {
    return `Lossy${super.describe()}${droppedSuffix(this.dropped)}`;
  }

  #offer(value: T): boolean {
    if (super.sendNow(value)) return true;
    this.dropped++;
    const isKept = this.#overflow === "drop-oldest";
    const dropped = isKept ? this.buffer.shift() : value;
    if (isKept) this.buffer.push(value);
    if (hooks !== null) {
      hooks.valueDropped(this, dropped);
      if (isKept) hooks.valueMoved(this, value, null, this, this.buffer.length);
    }
    return isKept;
  }
}

/** The number of dropped values, as the end of a description. */
export function droppedSuffix(dropped: number): string {
  return dropped === 0 ? "" : `, ${dropped} dropped`;
}

export const dropPolicies: readonly DropPolicy[] = ["drop-newest", "drop-oldest"];

/** The names of other libraries for the options, for {@link Check.options}. */
export const overflowAliases: Readonly<Record<string, string>> = { policy: "overflow", whenFull: "overflow" };

/** Checks that an option `overflow` is one of `policies`. */
export function checkOverflow(check: Check, overflow: unknown, policies: readonly string[]): void {
  if (policies.includes(overflow as string)) return;
  const known = policies.map((policy) => `"${policy}"`).join(", ");
  throw check.error(`overflow must be one of ${known}, got ${describe(overflow)}`);
}

/** Checks an option `name`. */
export function checkName(check: Check, name: unknown): void {
  if (typeof name !== "string") throw check.error(`name must be a string, got ${describe(name)}`);
}
