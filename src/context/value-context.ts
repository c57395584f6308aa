// The contexts that have no end of their own: the roots, those cut off from the end above, and those that add a value.

import type { ReceiveChannel } from "../channel/channel.ts";
import { asText } from "../util/inspect.ts";
import { never, nearestKey } from "./cancel.ts";
import { ChainedContext, elsewhere } from "./base-context.ts";
import type { Context } from "./context.ts";

let neverAborted: AbortSignal | undefined;

// It lives as long as the program, so it must not retain listeners that will never be called.
function makeNeverAborted(): AbortSignal {
  const { signal } = new AbortController();
  signal.addEventListener = (): void => undefined;
  return signal;
}

abstract class EndlessContext extends ChainedContext {
  done(): ReceiveChannel<never> {
    return never;
  }

  err(): undefined {
    return undefined;
  }

  deadline(): undefined {
    return undefined;
  }

  get signal(): AbortSignal {
    neverAborted ??= makeNeverAborted();
    return neverAborted;
  }
}

/** Background and TODO; they differ in their names alone. */
export class RootContext extends EndlessContext {
  readonly #name: string;

  constructor(name: string) {
    super(null);
    this.#name = name;
  }

  protected override own(): undefined {
    return undefined;
  }

  protected override label(): string {
    return this.#name;
  }
}

/** Keeps the values above, and nothing else. Mirrors `withoutCancelCtx`. */
export class DetachedContext extends EndlessContext {
  protected override own(key: unknown): unknown {
    return key === nearestKey ? undefined : elsewhere;
  }

  protected override label(): string {
    return ".WithoutCancel";
  }
}

/** Adds one value. Mirrors `valueCtx`. */
export class ValueContext extends ChainedContext {
  readonly #key: unknown;
  readonly #value: unknown;

  /** The nearest above that is more than a value. */
  readonly #base: Context;

  constructor(parent: Context, key: unknown, value: unknown) {
    super(parent);
    this.#key = key;
    this.#value = value;
    this.#base = #base in parent ? parent.#base : parent;
  }

  done(): ReceiveChannel<never> {
    return this.#base.done();
  }

  err(): Error | undefined {
    return this.#base.err();
  }

  deadline(): number | undefined {
    return this.#base.deadline();
  }

  get signal(): AbortSignal {
    return this.#base.signal;
  }

  protected override own(key: unknown): unknown {
    return key === this.#key ? this.#value : elsewhere;
  }

  protected override label(): string {
    return `.WithValue(${asText(this.#key)}, ${asText(this.#value)})`;
  }
}
