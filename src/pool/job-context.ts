// The context of one job. Most functions never look at theirs, and then it is this object alone: the derived context that
// has the channel, the signal and the children is made when one of them is asked for.
//
// Invariants:
//   1. It is canceled if and only if `end` has been called, or its parent has been canceled.
//   2. The derived context, once made, has the same error and cause.

import type { ReceiveChannel } from "../channel/channel.ts";
import { CancelContext, causeOf, type Expiry, expiryOf, isEarlier, cancelContextKey } from "../context/cancel.ts";
import { BaseContext, NOT_FOUND } from "../context/base-context.ts";
import type { Context } from "../context/context.ts";

/** A context for one job, derived from `parent`. For `key` it has `value`, so that code can find out in which job it runs. */
export class JobContext extends BaseContext {
  declare readonly parent: Context;
  readonly #key: object;
  readonly #value: object;
  #expiry: Expiry | undefined = undefined;
  #derived: CancelContext | null = null;
  #err: Error | undefined = undefined;
  #cause: Error | undefined = undefined;

  constructor(parent: Context, key: object, value: object) {
    super(parent);
    this.#key = key;
    this.#value = value;
  }

  done(): ReceiveChannel<never> {
    return this.#derive().done();
  }

  err(): Error | undefined {
    return this.#err ?? this.parent.err();
  }

  /** Why it was canceled; undefined, if it was not. */
  get cause(): Error | undefined {
    return this.#err === undefined ? causeOf(this.parent) : this.#cause;
  }

  deadline(): number | undefined {
    return this.#expiry === undefined ? this.parent.deadline() : this.#expiry.deadline;
  }

  get signal(): AbortSignal {
    return this.#derive().signal;
  }

  /** Sets a deadline, unless the parent's is earlier; the caller must call `end` when it is reached. */
  limit(expiry: Expiry): void {
    const earlier = expiryOf(this.parent);
    if (earlier === undefined || isEarlier(expiry, earlier)) this.#expiry = expiry;
  }

  /** Whether something may listen to it. */
  get isDerived(): boolean {
    return this.#derived !== null;
  }

  /** Cancels it, unless it is canceled. Listeners of its signal run before this returns. */
  end(err: Error, cause: Error): void {
    if (this.err() !== undefined) return;
    this.#err = err;
    this.#cause = cause;
    this.#derived?.cancel(err, cause);
  }

  protected override lookup(key: unknown): unknown {
    if (key === cancelContextKey) return this.#derive();
    return key === this.#key ? this.#value : NOT_FOUND;
  }

  protected override describeSelf(): string {
    return ".WithJob";
  }

  #derive(): CancelContext {
    if (this.#derived === null) {
      this.#derived = new CancelContext(this.parent, this.#expiry ?? expiryOf(this.parent));
      if (this.#err === undefined) this.#derived.propagateCancel();
      else this.#derived.cancel(this.#err, this.#cause);
    }
    return this.#derived;
  }
}
