// The options by which a call that waits can be canceled. A call takes a context or an AbortSignal, by these names, in the options
// object that is its last argument.
//
// A context is known here by its methods alone. The class Channel sets the function that makes the cancellation of a context, so that a lock
// carries neither contexts nor channels into a bundle, nor what watches them.

import { toError } from "../util/inspect.ts";
import { type Check, describe, isContext, isSignal } from "../util/validate.ts";
import { Listener, notify, WaitQueue } from "../util/wait-queue.ts";
import { PanicError } from "./panic.ts";

/** A context, as far as a call that waits uses it. Every `context.Context` is one. */
export interface WaitContext {
  /** Returns the channel that is closed when the context is canceled. */
  done(): object;

  /** Returns why the context was canceled; `undefined` while it is not. */
  err(): Error | undefined;

  /** Returns when the context will be canceled, in milliseconds since the epoch; `undefined` without a deadline. */
  deadline(): number | undefined;

  /** Returns the value of the context for `key`. */
  value(key: unknown): unknown;

  /** The signal that aborts when the context is canceled. */
  readonly signal: AbortSignal;
}

/** The options of a call that waits: a context or an AbortSignal, but not both. Without either, the wait cannot be canceled. */
export interface WaitOptions {
  /**
   * Cancels the wait when it is canceled. The call then rejects with `ctx.err()`; a job of a pool, a stage of a pipeline or a stream, which is
   * canceled with the context, ends with the cause of the context.
   */
  readonly ctx?: WaitContext | undefined;

  /** Cancels the wait when it aborts. The call then rejects with `signal.reason`, as an Error. */
  readonly signal?: AbortSignal | undefined;

  /** Not an option: a Context in place of the options, which has a `done`, is an error of the compiler. */
  readonly done?: never;
}

/** The names of {@link WaitOptions}, for {@link Check.options}. */
export const waitOptionNames: readonly string[] = ["ctx", "signal"];

/** The state of a channel, as far as a cancellation uses it. */
export interface ClosableState {
  /** Whether the channel is never closed. */
  readonly isNever: boolean;

  /** Calls `listener.notify()` when the channel is closed; immediately, if it is. A listener that waits can leave its queue. */
  onClose(listener: Listener): void;
}

type ContextCancellationOf = (ctx: Partial<WaitContext> | undefined) => Cancellation | null | undefined;

/** Null without the class Channel: then no object is a channel. */
let contextCancellationOf: ContextCancellationOf | null = null;

/** Makes contexts cancel waits. `stateOf` returns the state of a channel of the library; undefined for other objects. */
export function setClosableStateOf(stateOf: (channel: object) => ClosableState | undefined): void {
  contextCancellationOf = (ctx) => {
    if (typeof ctx?.done !== "function" || typeof ctx.err !== "function") return undefined;
    const done: unknown = ctx.done();
    const state = typeof done === "object" && done !== null ? stateOf(done) : undefined;
    return state && (state.isNever ? null : new ContextCancellation(ctx as WaitContext, state));
  };
}

/** A context or an AbortSignal that can cancel waits. */
export interface Cancellation {
  /** Whether the cancellation has occurred, even if its listeners have not been called yet. */
  readonly isCanceled: boolean;

  /** The error with which a canceled wait rejects; `undefined` before the cancellation. */
  readonly reason: Error | undefined;

  /** Calls `wait.cancel()` synchronously at the cancellation; immediately, if that has been. One wait at a time can be watched for. */
  watch(wait: CancelableWait): void;

  /** Ends the effect of {@link watch}, if it has not ended. */
  unwatch(): void;
}

/** Returns the reason of `cancellation`, which must have occurred, or what a context of the user's throws instead. */
export function reasonOf(cancellation: Cancellation): Error {
  try {
    return cancellation.reason as Error;
  } catch (error) {
    return toError(error);
  }
}

/** A wait that a cancellation can end. */
export interface CancelableWait {
  /** Called once. Must not throw. */
  cancel(): void;
}

/** A cancellation that is itself the listener on its source, so that a wait makes no other object for it. */
abstract class ListeningCancellation extends Listener implements Cancellation {
  protected wait: CancelableWait | null = null;

  abstract get isCanceled(): boolean;
  abstract get reason(): Error | undefined;
  protected abstract listen(): void;

  watch(wait: CancelableWait): void {
    this.wait = wait;
    this.listen();
  }

  unwatch(): void {
    this.queue?.remove(this);
  }

  notify(): void {
    (this.wait as CancelableWait).cancel();
  }
}

/** The cancellation of a context. It listens to its channel, which a user-defined context has too. */
class ContextCancellation extends ListeningCancellation {
  readonly #ctx: WaitContext;
  readonly #done: ClosableState;
  #isDone = false;

  constructor(ctx: WaitContext, done: ClosableState) {
    super();
    this.#ctx = ctx;
    this.#done = done;
  }

  get isCanceled(): boolean {
    return this.reason !== undefined;
  }

  get reason(): Error | undefined {
    const err = this.#ctx.err();
    return err === undefined && this.#isDone ? new PanicError("context: internal error: missing cancel error") : err;
  }

  protected listen(): void {
    this.#done.onClose(this);
  }

  override notify(): void {
    this.#isDone = true;
    super.notify();
  }
}

class SignalCancellation extends ListeningCancellation {
  readonly #signal: AbortSignal;

  constructor(signal: AbortSignal) {
    super();
    this.#signal = signal;
  }

  // Listeners that were added to the signal before the library's run while the library's has not been called.
  get isCanceled(): boolean {
    return this.#signal.aborted;
  }

  get reason(): Error | undefined {
    return this.isCanceled ? abortReason(this.#signal) : undefined;
  }

  protected listen(): void {
    if (this.#signal.aborted) this.notify();
    else watchOf(this.#signal).listeners.push(this);
  }
}

/** Follows an AbortSignal besides the calls that wait: the context of the signal. */
export interface AbortFollower {
  /** Whether something waits for the follower. */
  readonly isAwaited: boolean;

  /** Called when the signal aborts. Must not throw. */
  aborted(): void;
}

/** Called with each new watch of a signal. Returns a function that is called when the signal has aborted. */
type WatchTracker = (watch: AbortWatch) => () => void;

/** Null without the detection of deadlocks: see abort-watches.ts. */
let trackWatch: WatchTracker | null = null;

/** Sets the function that is called with each new watch. */
export function setWatchTracker(tracker: WatchTracker): void {
  trackWatch = tracker;
}

/** The library's listener on a signal: at most one, whatever waits. */
export class AbortWatch {
  readonly listeners: WaitQueue<Listener> = new WaitQueue<Listener>();
  follower: AbortFollower | null = null;
  reason: Error | undefined;

  constructor(signal: AbortSignal) {
    if (signal.aborted) return;
    const forget = trackWatch?.(this);
    const onAbort = (): void => {
      forget?.();
      this.follower?.aborted();
      this.listeners.drain(notify);
    };
    signal.addEventListener("abort", onAbort, { once: true });
  }
}

const watches = new WeakMap<AbortSignal, AbortWatch>();

function watchOf(signal: AbortSignal): AbortWatch {
  let watch = watches.get(signal);
  if (watch === undefined) {
    watch = new AbortWatch(signal);
    watches.set(signal, watch);
  }
  return watch;
}

/** Returns the reason of `signal`, which must have aborted, as an Error: the same one each time. */
export function abortReason(signal: AbortSignal): Error {
  return (watchOf(signal).reason ??= toError(signal.reason));
}

/** Makes `follower` follow `signal`: one follower a signal. */
export function followSignal(signal: AbortSignal, follower: AbortFollower): void {
  watchOf(signal).follower = follower;
}

/** Returns the number of waits that `signal` can cancel now: for tests. */
export function waitsOn(signal: AbortSignal): number {
  return watchOf(signal).listeners.count();
}

/**
 * Checks `ctx` and `signal` of `options`. Other options are not checked.
 *
 * @throws {TypeError} if `ctx` is not a context, if `signal` is not an AbortSignal, or if both are set.
 */
export function checkWaitOptions(check: Check, { ctx, signal }: WaitOptions): void {
  if (signal !== undefined) {
    if (!isSignal(signal)) {
      const advice = isContext(signal) ? "; write ctx: for a context" : "";
      throw check.error(`signal must be an AbortSignal, got ${describe(signal)}${advice}`);
    }
    if (ctx !== undefined) throw check.error("ctx and signal must not both be set");
  }
  if (isSignal(ctx)) throw check.error("ctx must be a context, got an AbortSignal; write signal: for an AbortSignal");
  check.isContext("ctx", ctx);
}

/**
 * Returns what can cancel a call with these options; null, if the options have neither a context nor a signal, or a context that is
 * never canceled. Other options are not looked at.
 *
 * @throws {TypeError} as of {@link checkWaitOptions}
 */
export function cancellationOf(check: Check, options: WaitOptions | undefined): Cancellation | null {
  if (options === undefined) return null;
  const { ctx, signal } = options;
  // A context whose channel is known passes all checks, which take as long as the wait.
  const ofContext = signal === undefined ? contextCancellationOf?.(ctx) : undefined;
  if (ofContext !== undefined) return ofContext;
  checkWaitOptions(check, options);
  if (signal !== undefined) return new SignalCancellation(signal);
  if (ctx === undefined) return null;
  throw check.error(`ctx.done() must return a Channel, got ${describe(ctx.done())}`);
}
