// The contexts that can end, and how the end of one spreads.
//
// Invariants, whenever no method is on the stack:
//   1. A context that has ended has no children and no alarm, and stands in no list of children.
//   2. A context that lives stands in the children of the nearest such context above it, if there is one.
//   3. A context has an error if and only if its done channel is closed, should it have one; neither changes again.
//
// Mirrors `cancelCtx`, `timerCtx`, `afterFuncCtx` and `propagateCancel` of context/context.go.

import { Channel, type ChannelOptions, coreOf, type ReceiveChannel } from "../channel/channel.ts";
import type { Core } from "../channel/core.ts";
import { receive, select } from "../channel/select.ts";
import { go, Prepared } from "../goroutine/go.ts";
import { manyMayListen, wordsOf } from "../goroutine/host.ts";
import { PanicError } from "../goroutine/panic.ts";
import { Alarm } from "../internal/alarm.ts";
import { Line, type Standing } from "../internal/line.ts";
import { trace } from "../internal/trace.ts";
import { ChainedContext, elsewhere } from "./chain.ts";
import type { Context } from "./context.ts";
import { deadlineExceeded } from "./errors.ts";

const named: ChannelOptions = { name: "ctx.done()" };

/** Never ready: what has no end has this for `done()`. */
export const never: Channel<never> = everywhere(new Channel<never>(0, named));

// For contexts that nobody asked for `done()` before they ended.
const closed: Channel<never> = everywhere(new Channel<never>(0, named));
(coreOf(closed) as Core<never>).closed = true;

function everywhere(channel: Channel<never>): Channel<never> {
  (coreOf(channel) as Core<never>).world = null;
  return channel;
}

/** The key under which each context below a `CancelContext` finds it, also through contexts of the user's own. */
export const nearestKey: unique symbol = Symbol("goro.context.nearest");

/** A context of the user's own that spreads its end itself. Mirrors the `afterFuncer` of context.go. */
interface AfterFuncer {
  afterFunc(f: () => void): () => boolean;
}

export class CancelContext extends ChainedContext implements Standing<CancelContext> {
  line: Line<CancelContext> | null = null;
  ahead: CancelContext | null = null;
  behind: CancelContext | null = null;

  declare readonly parent: Context;
  readonly children: Line<CancelContext> = new Line<CancelContext>();
  readonly #deadline: number | undefined;
  #done: Channel<never> | null = null;
  #err: Error | undefined;
  #cause: Error | undefined;
  #controller: AbortController | null = null;
  #leaveForeignParent: (() => boolean) | null = null;

  constructor(parent: Context, deadline: number | undefined = parent.deadline()) {
    super(parent);
    this.#deadline = deadline;
  }

  done(): ReceiveChannel<never> {
    this.#done ??= this.#err === undefined ? new Channel<never>(0, named) : closed;
    return this.#done;
  }

  err(): Error | undefined {
    return this.#err;
  }

  get cause(): Error | undefined {
    return this.#cause;
  }

  deadline(): number | undefined {
    return this.#deadline;
  }

  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      manyMayListen(this.#controller.signal);
      if (this.#err !== undefined) this.#controller.abort(this.#cause);
    }
    return this.#controller.signal;
  }

  protected override own(key: unknown): unknown {
    return key === nearestKey ? this : elsewhere;
  }

  protected override label(): string {
    return ".WithCancel";
  }

  /** Makes the end of the parent the end of this: the last step of making a context. */
  follow(): void {
    const { parent } = this;
    const nearest = nearestAbove(parent);
    if (nearest !== undefined && nearest.err() === undefined) {
      nearest.children.join(this);
      return;
    }
    const done = parent.done();
    if (done === never) return;
    const end = (): void => {
      const err = parent.err();
      if (err === undefined) throw new PanicError("context: internal error: missing cancel error");
      this.cancel(err, causeOf(parent));
    };
    if (done.tryReceive() !== undefined) {
      end();
    } else if (spreads(parent)) {
      this.#leaveForeignParent = parent.afterFunc(end);
    } else {
      go(async () => {
        const s = await select({ parent: receive(done), own: receive(this.done()) });
        if (s.case === "parent") end();
      });
    }
  }

  /** Ends this context and all below it, before it returns. Only the first call does anything. */
  cancel(err: Error, cause: Error = err): void {
    if (this.#err !== undefined) return;
    if (trace !== null) trace.cancel(this, cause);
    this.line?.leave(this);

    // A list instead of recursion: contexts can be nested deeper than the stack.
    const ended: CancelContext[] = [this];
    for (const context of ended) {
      context.#end(err, cause);
      for (let child = context.children.shift(); child !== null; child = context.children.shift()) ended.push(child);
    }
    // What follows is user code: it runs when everything has ended.
    for (const context of ended) context.#controller?.abort(cause);
    this.#leaveForeignParent?.();
  }

  #end(err: Error, cause: Error): void {
    this.#err = err;
    this.#cause = cause;
    this.#done?.close();
    this.ended();
  }

  /** What else there is to do at the end, for one kind of context. It runs no user code. */
  protected ended(): void {
    // Nothing: a context that can only be cancelled holds nothing else.
  }
}

/** A context that ends by itself at a time. */
export class DeadlineContext extends CancelContext {
  #alarm: Alarm | null = null;

  /** Ends the context in `delay` milliseconds, with `cause`, unless it has ended before. */
  startTimer(delay: number, cause: Error | undefined): void {
    if (this.err() !== undefined) return;
    if (delay <= 0) {
      this.cancel(deadlineExceeded, cause);
      return;
    }
    this.#alarm = new Alarm("context.withDeadline", () => this.cancel(deadlineExceeded, cause));
    this.#alarm.setIn(delay);
  }

  protected override label(): string {
    return `.WithDeadline(${(new Date(this.deadline() as number).toJSON() as string | null) ?? "never"})`;
  }

  protected override ended(): void {
    this.#alarm?.cancel();
  }
}

/** A context that ends when a signal arrives: it prints which. Mirrors `signalCtx` of os/signal. */
export class NotifyContext extends CancelContext {
  readonly #signals: readonly string[];

  constructor(parent: Context, signals: readonly string[]) {
    super(parent);
    this.#signals = signals;
  }

  protected override below(above: string): string {
    return `signal.NotifyContext(${above}, [${this.#signals.map(wordsOf).join(" ")}])`;
  }
}

/** Not a context that anybody sees: the place in a parent's list of a function that is to be called. */
export class AfterFunc extends CancelContext {
  #call: Prepared | null;

  constructor(parent: Context, f: () => unknown) {
    super(parent);
    this.#call = new Prepared(f);
  }

  /** Gives the call up. False: the function has been started, or was given up before. */
  giveUp(): boolean {
    const call = this.#call;
    this.#call = null;
    return call !== null;
  }

  protected override ended(): void {
    this.#call?.start();
    this.#call = null;
  }
}

/** The cause of any context's end. */
export function causeOf(context: Context): Error | undefined {
  const err = context.err();
  if (err === undefined) return undefined;
  const nearest = context.value(nearestKey);
  return (nearest instanceof CancelContext ? nearest.cause : undefined) ?? err;
}

/** The `CancelContext` whose end is the end of `context`: none, if a context of the user's own has another done channel. */
function nearestAbove(context: Context): CancelContext | undefined {
  if (context instanceof CancelContext) return context;
  const nearest = context.value(nearestKey);
  return nearest instanceof CancelContext && nearest.done() === context.done() ? nearest : undefined;
}

function spreads(context: Context): context is Context & AfterFuncer {
  return typeof (context as Partial<AfterFuncer>).afterFunc === "function";
}
