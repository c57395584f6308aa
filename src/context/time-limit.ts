// The option by which a call that waits is limited in time.

import {
  type CancelableWait,
  type Cancellation,
  cancellationOf,
  type WaitOptions,
  waitOptionNames,
} from "../runtime/cancellation.ts";
import { startTimeout } from "../runtime/timeout.ts";
import type { Check } from "../util/validate.ts";
import { DeadlineExceeded } from "./errors.ts";

/** The options of a call whose wait can be canceled, and limited in time. */
export interface TimeLimitOptions extends WaitOptions {
  /**
   * How long the call waits, in milliseconds, from 0. Then it rejects with a `DeadlineExceeded`. At 0 it does not wait.
   *
   * @defaultValue Infinity
   */
  readonly timeout?: number | undefined;
}

const optionNames: readonly string[] = [...waitOptionNames, "timeout"];

/**
 * Checks the options of a call that has no others, and returns what can end its wait, which must be used for one wait; null if nothing can.
 *
 * @param expectation - what the call waits for, for the message of the error, such as "the lock was not free"
 * @throws {TypeError} for options that are unknown or of a wrong type; {RangeError} if `timeout` is out of range.
 */
export function timeLimitOf(check: Check, options: TimeLimitOptions, expectation: string): Cancellation | null {
  check.options(options, optionNames);
  const { timeout = Infinity } = options;
  check.atLeast("timeout", 0, timeout);
  const cancellation = cancellationOf(check, options);
  return timeout === Infinity ? cancellation : new TimeLimit(cancellation, timeout, expectation);
}

class TimeLimit implements Cancellation {
  readonly #cancellation: Cancellation | null;
  readonly #timeout: number;
  readonly #expectation: string;
  #expired: DeadlineExceeded | undefined;
  #cancelTimer: (() => void) | undefined;

  constructor(cancellation: Cancellation | null, timeout: number, expectation: string) {
    this.#cancellation = cancellation;
    this.#timeout = timeout;
    this.#expectation = expectation;
  }

  get isCanceled(): boolean {
    return this.reason !== undefined;
  }

  get reason(): Error | undefined {
    return this.#expired ?? this.#cancellation?.reason;
  }

  // The time begins when the wait does.
  watch(wait: CancelableWait): void {
    const expire = (): void => {
      this.#expired = new DeadlineExceeded(`${this.#expectation} within ${this.#timeout} ms`);
      wait.cancel();
    };
    if (this.#timeout === 0) {
      expire();
      return;
    }
    this.#cancelTimer = startTimeout("timeout", this.#timeout, expire);
    this.#cancellation?.watch(wait);
  }

  unwatch(): void {
    this.#cancelTimer?.();
    this.#cancellation?.unwatch();
  }
}
