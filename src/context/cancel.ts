// The contexts that can be canceled, and how cancellation propagates.
//
// Invariants, whenever no method is on the stack:
//   1. A canceled context has no children and no timer, and is in no list of children.
//   2. Any other context is in the children of the nearest CancelContext above it, if there is one.
//   3. A context has an error if and only if its done channel is closed or has not been created; neither changes again.
//
// See `canceler`, `cancelCtx`, `timerCtx`, `afterFuncCtx` and `propagateCancel` of context/context.go.

import { Channel, type ChannelOptions, channelStateOf, type ReceiveChannel } from "../channel/channel.ts";
import type { ChannelState } from "../channel/channel-state.ts";
import { go } from "../runtime/goroutine.ts";
import { disableMaxListenersWarning } from "../runtime/process.ts";
import { PanicError } from "../runtime/panic.ts";
import { RuntimeTimer, currentClock } from "../runtime/timer.ts";
import type { Clock } from "../runtime/timer-queue.ts";
import { WaitQueue, type QueueNode } from "../util/wait-queue.ts";
import { hooks } from "../runtime/hooks.ts";
import { describe } from "../util/validate.ts";
import { BaseContext, NOT_FOUND } from "./base-context.ts";
import type { Context } from "./context.ts";
import { canceled, deadlineExceeded } from "./errors.ts";

const named: ChannelOptions = { name: "ctx.done()" };

/** The `done()` of every context that cannot be canceled. It is never ready, and no waiter is queued in it. */
export const neverDone: Channel<never> = /* @__PURE__ */ sharedDone("isNever");

// For contexts whose `done()` is first called after the cancellation.
const closedDone: Channel<never> = /* @__PURE__ */ sharedDone("closed");

/** Returns a channel that all realms share, and whose state has `flag` set. */
function sharedDone(flag: "isNever" | "closed"): Channel<never> {
  const channel = new Channel<never>(0, named);
  const state = channelStateOf(channel) as ChannelState<never>;
  state.realm = null;
  state[flag] = true;
  return channel;
}

/** The key whose value is the nearest `CancelContext`, also through contexts of the user's: `cancelCtxKey` of context.go. */
export const cancelContextKey: unique symbol = Symbol("goro.context.nearest");

/** A context of the user's that propagates its cancellation itself: `afterFuncer` of context.go. */
interface AfterFuncer {
  afterFunc(f: () => void): () => boolean;
}

/** A derived context or a listener, which is canceled with its context. `canceler` of context.go. */
interface Child extends QueueNode<Child> {
  /** Called once, synchronously, after the context and everything below it have been canceled. Must not throw. */
  canceled(): void;
}

/** A context that can be canceled: `cancelCtx` of context.go. */
export class CancelContext extends BaseContext implements Child {
  queue: WaitQueue<Child> | null = null;
  prev: Child | null = null;
  next: Child | null = null;

  declare readonly parent: Context;
  readonly children: WaitQueue<Child> = new WaitQueue<Child>();

  /** The deadline of this context or of its parent. */
  readonly expiry: Expiry | undefined;
  #done: Channel<never> | null = null;
  #err: Error | undefined;
  #cause: Error | undefined;
  #controller: AbortController | null = null;
  #stopParentListener: (() => boolean) | null = null;

  constructor(parent: Context, expiry: Expiry | undefined = expiryOf(parent)) {
    super(parent);
    this.expiry = expiry;
  }

  done(): ReceiveChannel<never> {
    this.#done ??= this.#err === undefined ? new Channel<never>(0, named) : closedDone;
    return this.#done;
  }

  err(): Error | undefined {
    return this.#err;
  }

  get cause(): Error | undefined {
    return this.#cause;
  }

  deadline(): number | undefined {
    return this.expiry?.deadline;
  }

  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      disableMaxListenersWarning(this.#controller.signal);
      if (this.#err !== undefined) this.#controller.abort(this.#cause);
    }
    return this.#controller.signal;
  }

  /** Whether a child or a receiver waits for the cancellation. */
  get isAwaited(): boolean {
    if (this.#err !== undefined) return false;
    const done = this.#done === null ? undefined : channelStateOf(this.#done);
    return this.children.first !== null || done?.isAwaited === true;
  }

  protected override lookup(key: unknown): unknown {
    return key === cancelContextKey ? this : NOT_FOUND;
  }

  protected override describeSelf(): string {
    return ".WithCancel";
  }

  /** Propagates cancellation from the parent. Must be called once, after construction. */
  propagateCancel(): void {
    const { parent } = this;
    const nearest = parentCancelContext(parent);
    if (nearest !== undefined && nearest.err() === undefined) {
      nearest.children.push(this);
      return;
    }
    const done = parent.done();
    if (done === neverDone) return;
    const cancel = (): void => {
      const err = parent.err();
      if (err === undefined) throw new PanicError("context: internal error: missing cancel error");
      this.cancel(err, causeOf(parent));
    };
    if (done.tryReceive() !== undefined) {
      cancel();
    } else if (hasAfterFunc(parent)) {
      this.#stopParentListener = parent.afterFunc(cancel);
    } else {
      // Throws here, and not in the goroutine, if `done` is not a channel.
      if (channelStateOf(done) === undefined) {
        throw new TypeError(`context: done() must return a Channel, got ${describe(done)}`);
      }
      // It rejects if this context is canceled first.
      go(() => done.receive({ ctx: this }).then(cancel, noop));
    }
  }

  /** Cancels this context and everything below it before it returns. Only the first call has an effect. */
  cancel(err: Error, cause: Error = err): void {
    if (this.#err !== undefined) return;
    this.queue?.remove(this);

    // A loop and not recursion: contexts can be nested deeper than the stack.
    const canceled: Child[] = [this];
    for (const child of canceled) {
      if (!(#err in child)) continue;
      child.#err = err;
      child.#cause = cause;
      for (let next = child.children.shift(); next !== null; next = child.children.shift()) canceled.push(next);
    }
    if (hooks !== null) hooks.cancel(this, cause);
    for (const child of canceled) if (child instanceof CancelContext) child.#done?.close();
    for (const child of canceled) child.canceled();
    // Listeners of signals are user code: they run when everything has been canceled.
    for (const child of canceled) if (#err in child) child.#controller?.abort(cause);
    this.#stopParentListener?.();
  }

  canceled(): void {
    // A plain CancelContext has nothing to release.
  }
}

/** A context with a deadline: `timerCtx` of context.go. */
export class DeadlineContext extends CancelContext {
  declare readonly expiry: TimedExpiry;
  #timer: RuntimeTimer | null = null;

  /** Schedules the cancellation with `cause` at the deadline, unless the context has been canceled already. */
  startTimer(cause: Error | undefined): void {
    if (this.err() !== undefined) return;
    const { clock, due } = this.expiry;
    const delay = due - clock.now();
    if (delay <= 0) {
      this.cancel(deadlineExceeded, cause);
      return;
    }
    this.#timer = new RuntimeTimer("context.withDeadline", () => this.cancel(deadlineExceeded, cause));
    this.#timer.start(delay);
  }

  protected override describeSelf(): string {
    return `.WithDeadline(${(new Date(this.expiry.deadline).toJSON() as string | null) ?? "never"})`;
  }

  override canceled(): void {
    this.#timer?.cancel();
  }
}

/** A deadline. Expiries on the same clock are compared by `due`, which is unaffected when the machine's clock is set. */
export interface Expiry {
  /** Null for the deadline of a context of the user's: a bundle that derives from such contexts, and has no timers, carries no clock. */
  readonly clock: Clock | null;
  /** The deadline by the monotonic reading of `clock`, in milliseconds; without a clock, `deadline`. */
  readonly due: number;
  /** The deadline in milliseconds since the epoch. */
  readonly deadline: number;
}

/** An expiry on a clock. */
export interface TimedExpiry extends Expiry {
  readonly clock: Clock;
}

/** Returns the expiry in `delay` milliseconds. `deadline` is its wall time if that is known. */
export function expiryIn(delay: number, deadline?: number): TimedExpiry {
  const clock = currentClock();
  return { clock, due: clock.now() + delay, deadline: deadline ?? clock.wall() + delay };
}

/** Returns the expiry of `ctx`; undefined if it has no deadline. */
export function expiryOf(ctx: Context): Expiry | undefined {
  const deadline = ctx.deadline();
  if (deadline === undefined) return undefined;
  const nearest = ctx instanceof CancelContext ? ctx : ctx.value(cancelContextKey);
  const expiry = nearest instanceof CancelContext ? nearest.expiry : undefined;
  // A context of the user's may have another deadline than the nearest CancelContext.
  return expiry?.deadline === deadline ? expiry : { clock: null, due: deadline, deadline };
}

/** Reports whether `a` is earlier than `b`. */
export function isEarlier(a: Expiry, b: Expiry): boolean {
  return a.clock === b.clock ? a.due < b.due : a.deadline < b.deadline;
}

/** Returns the number of milliseconds until the deadline of `ctx`; Infinity if it has none. */
export function timeLeft(ctx: Context): number {
  const expiry = expiryOf(ctx);
  return expiry === undefined ? Infinity : expiry.due - (expiry.clock?.now() ?? currentClock().wall());
}

/** A function to call when a context is canceled. */
class Listener implements Child {
  queue: WaitQueue<Child> | null = null;
  prev: Child | null = null;
  next: Child | null = null;
  readonly canceled: () => void;

  constructor(canceled: () => void) {
    this.canceled = canceled;
  }
}

/**
 * Calls `listener` synchronously when `ctx` is canceled, after all contexts below `ctx` have been canceled; immediately if `ctx` is
 * canceled already. For internal use: `listener` must not throw. Returns a function that removes the listener.
 */
export function onCancel(ctx: Context, listener: () => void): () => void {
  if (ctx.err() !== undefined) {
    listener();
    return noop;
  }
  const nearest = parentCancelContext(ctx);
  if (nearest === undefined && ctx.done() === neverDone) return noop;
  const child = new Listener(listener);
  if (nearest !== undefined && nearest.err() === undefined) {
    nearest.children.push(child);
    return () => child.queue?.remove(child);
  }
  // A context of the user's gets a child of the library, which is released with the listener.
  const follower = new CancelContext(ctx);
  follower.children.push(child);
  follower.propagateCancel();
  return () => {
    child.queue?.remove(child);
    follower.cancel(canceled);
  };
}

function noop(): void {
  // Nothing is to be done.
}

/** Returns why `context` was canceled; undefined if it is not. */
export function causeOf(context: Context): Error | undefined {
  const err = context.err();
  if (err === undefined) return undefined;
  const nearest = context.value(cancelContextKey);
  return (nearest instanceof CancelContext ? nearest.cause : undefined) ?? err;
}

/** Returns the `CancelContext` that is canceled with `context`; undefined if a context of the user's with another `done()` is between. */
function parentCancelContext(context: Context): CancelContext | undefined {
  // The done channel of a context with a value is that of its source. It need not be made to be compared.
  const source = context instanceof BaseContext ? context.cancelSource() : context;
  if (source instanceof CancelContext) return source;
  const nearest = context.value(cancelContextKey);
  return nearest instanceof CancelContext && nearest.done() === context.done() ? nearest : undefined;
}

function hasAfterFunc(context: Context): context is Context & AfterFuncer {
  return typeof (context as Partial<AfterFuncer>).afterFunc === "function";
}
