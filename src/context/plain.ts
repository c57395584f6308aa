// The contexts that have no end of their own: the roots, those that add a value, and those cut off from the end above.

import type { ReceiveChannel } from "../channel/channel.ts";
import { never, nearestKey } from "./cancel.ts";
import type { Context } from "./context.ts";

let neverAborted: AbortSignal | undefined;

/** Background and TODO; they differ in their names alone. */
export class RootContext implements Context {
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  done(): ReceiveChannel<never> {
    return never;
  }

  err(): undefined {
    return undefined;
  }

  deadline(): undefined {
    return undefined;
  }

  value(key: unknown): undefined;
  value(): undefined {
    return undefined;
  }

  get signal(): AbortSignal {
    neverAborted ??= new AbortController().signal;
    return neverAborted;
  }

  toString(): string {
    return this.#name;
  }
}

/** Keeps the values above, and nothing else. Mirrors `withoutCancelCtx`. */
export class DetachedContext extends RootContext {
  readonly #parent: Context;

  constructor(parent: Context) {
    super(`${String(parent)}.WithoutCancel`);
    this.#parent = parent;
  }

  override value(key: unknown): undefined {
    return (key === nearestKey ? undefined : this.#parent.value(key)) as undefined;
  }
}

/** Adds one value. Mirrors `valueCtx`. */
export class ValueContext implements Context {
  readonly #parent: Context;
  readonly #key: unknown;
  readonly #value: unknown;

  constructor(parent: Context, key: unknown, value: unknown) {
    this.#parent = parent;
    this.#key = key;
    this.#value = value;
  }

  done(): ReceiveChannel<never> {
    return this.#parent.done();
  }

  err(): Error | undefined {
    return this.#parent.err();
  }

  deadline(): number | undefined {
    return this.#parent.deadline();
  }

  value(key: unknown): never {
    if (this.#key === key) return this.#value as never;
    // A loop, because contexts can be nested deeper than the stack.
    let above = this.#parent;
    for (; above instanceof ValueContext; above = above.#parent) {
      if (above.#key === key) return above.#value as never;
    }
    return above.value(key) as never;
  }

  get signal(): AbortSignal {
    return this.#parent.signal;
  }

  toString(): string {
    return `${String(this.#parent)}.WithValue(${String(this.#key)}, ${String(this.#value)})`;
  }
}
