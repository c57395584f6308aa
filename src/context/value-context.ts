// The contexts that cannot be canceled themselves: the roots, those without the cancellation of their parent, and those with a value.

import type { ReceiveChannel } from "../channel/channel.ts";
import { safeToString } from "../util/inspect.ts";
import { neverDone, cancelContextKey } from "./cancel.ts";
import { BaseContext, NOT_FOUND } from "./base-context.ts";
import type { Context } from "./context.ts";

let neverAbortedSignal: AbortSignal | undefined;

// It exists as long as the program, so it must not keep listeners that will never be called.
function createNeverAborted(): AbortSignal {
  const { signal } = new AbortController();
  signal.addEventListener = (): void => undefined;
  return signal;
}

abstract class NeverCanceledContext extends BaseContext {
  done(): ReceiveChannel<never> {
    return neverDone;
  }

  err(): undefined {
    return undefined;
  }

  deadline(): undefined {
    return undefined;
  }

  get signal(): AbortSignal {
    neverAbortedSignal ??= createNeverAborted();
    return neverAbortedSignal;
  }
}

/** Background and TODO, which differ only in their names. */
export class BackgroundContext extends NeverCanceledContext {
  readonly #name: string;

  constructor(name: string) {
    super(null);
    this.#name = name;
  }

  protected override lookup(): undefined {
    return undefined;
  }

  protected override describeSelf(): string {
    return this.#name;
  }
}

export const backgroundContext: Context = /* @__PURE__ */ new BackgroundContext("context.Background");
export const todoContext: Context = /* @__PURE__ */ new BackgroundContext("context.TODO");

/** Has the values of its parent and nothing more: `withoutCancelCtx` of context.go. */
export class WithoutCancelContext extends NeverCanceledContext {
  protected override lookup(key: unknown): unknown {
    return key === cancelContextKey ? undefined : NOT_FOUND;
  }

  protected override describeSelf(): string {
    return ".WithoutCancel";
  }
}

/** Adds one value: `valueCtx` of context.go. */
export class ValueContext extends BaseContext {
  readonly #key: unknown;
  readonly #value: unknown;

  /** The nearest context above that is not a ValueContext. */
  readonly #cancelSource: Context;

  constructor(parent: Context, key: unknown, value: unknown) {
    super(parent);
    this.#key = key;
    this.#value = value;
    this.#cancelSource = #cancelSource in parent ? parent.#cancelSource : parent;
  }

  done(): ReceiveChannel<never> {
    return this.#cancelSource.done();
  }

  err(): Error | undefined {
    return this.#cancelSource.err();
  }

  deadline(): number | undefined {
    return this.#cancelSource.deadline();
  }

  get signal(): AbortSignal {
    return this.#cancelSource.signal;
  }

  override cancelSource(): Context {
    return this.#cancelSource;
  }

  protected override lookup(key: unknown): unknown {
    return key === this.#key ? this.#value : NOT_FOUND;
  }

  protected override describeSelf(): string {
    return `.WithValue(${safeToString(this.#key)}, ${safeToString(this.#value)})`;
  }
}
