// A promise that the pool hands out, counted as an operation that waits until it is settled.

import type { Operation } from "../runtime/wait-reasons.ts";
import { park, unpark } from "../runtime/parking.ts";
import { fail, pass } from "../runtime/scheduler.ts";
import { Pending } from "../runtime/waiter.ts";

/** One call that waits for the pool, from the moment when this is made until `end` or `fail`, of which one is called once. */
export class Wait<R> extends Pending<R> {
  readonly #operation: Operation;

  constructor(operation: Operation) {
    super();
    this.#operation = operation;
    park(this, operation);
  }

  /** Resolves with `result`, which must not be a bare value of the user's. */
  end(result: R): void {
    unpark(this, this.#operation);
    pass(this.answer, result, this.world);
  }

  fail(error: Error): void {
    unpark(this, this.#operation);
    fail(this.answer, error, this.world);
  }
}
