// A promise that the pool hands out, counted as an operation that waits until it is settled.

import type { WaitReason } from "../runtime/wait-reasons.ts";
import { park, unpark } from "../runtime/parking.ts";
import { rejectFairly, resolveFairly } from "../runtime/scheduler.ts";
import { Deferred } from "../runtime/waiter.ts";

/** One call that waits for the pool, from the moment when this is made until `end` or `fail`, of which one is called once. */
export class TrackedPromise<R> extends Deferred<R> {
  readonly #operation: WaitReason;

  constructor(operation: WaitReason) {
    super();
    this.#operation = operation;
    park(this, operation);
  }

  /** Resolves with `result`, which must not be a bare value of the user's. */
  finish(result: R): void {
    unpark(this, this.#operation);
    resolveFairly(this.resolve, result, this.realm);
  }

  fail(error: Error): void {
    unpark(this, this.#operation);
    rejectFairly(this.resolve, error, this.realm);
  }
}
