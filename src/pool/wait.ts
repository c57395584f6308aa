// A promise that the pool hands out, and that whoever awaits it is waiting for.

import type { Operation } from "../goroutine/operations.ts";
import { park, unpark } from "../goroutine/parking.ts";
import { fail, pass } from "../internal/gate.ts";
import { Pending } from "../internal/waiter.ts";

/** Somebody waits for the pool, from the moment when this is made until `end` or `fail`, of which one is called once. */
export class Wait<R> extends Pending<R> {
  readonly #operation: Operation;

  constructor(operation: Operation) {
    super();
    this.#operation = operation;
    park(this, operation);
  }

  end(result: R): void {
    unpark(this, this.#operation);
    pass(this.answer, result, this.world);
  }

  /** Whoever has asked may come back later than this fails, and that is no unhandled rejection. */
  fail(error: Error): void {
    unpark(this, this.#operation);
    void this.promise.catch(() => undefined);
    fail(this.answer, error, this.world);
  }
}
