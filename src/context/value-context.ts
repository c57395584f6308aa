// The contexts that have no end of their own: the roots, those cut off from the end above, and those that add a value.

import type { ReceiveChannel } from "../channel/channel.ts";
import { safeToString } from "../util/inspect.ts";
import { neverDone, cancelContextKey } from "./cancel.ts";
import { BaseContext, NOT_FOUND } from "./base-context.ts";
import type { Context } from "./context.ts";

let neverAbortedSignal: AbortSignal | undefined;

// It lives as long as the program, so it must not retain listeners that will never be called.
function makeNeverAborted(): AbortSignal {
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
    neverAbortedSignal ??= makeNeverAborted();
    return neverAbortedSignal;
  }
}

/** Background and TODO; they differ in their names alone. */
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

/** Keeps the values above, and nothing else. Mirrors `withoutCancelCtx`. */
export class WithoutCancelContext extends NeverCanceledContext {
  protected override lookup(key: unknown): unknown {
    return key === cancelContextKey ? undefined : NOT_FOUND;
  }

  protected override describeSelf(): string {
    return ".WithoutCancel";
  }
}

/** Adds one value. Mirrors `valueCtx`. */
export class ValueContext extends BaseContext {
  readonly #key: unknown;
  readonly #value: unknown;

  /** The nearest above that is more than a value. */
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

  protected override lookup(key: unknown): unknown {
    return key === this.#key ? this.#value : NOT_FOUND;
  }

  protected override describeSelf(): string {
    return `.WithValue(${safeToString(this.#key)}, ${safeToString(this.#value)})`;
  }
}
