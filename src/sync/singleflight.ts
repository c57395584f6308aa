// Duplicate call suppression: concurrent callers with the same key share one call.

import { Channel, type ReceiveChannel } from "../channel/channel.ts";
import { checkCancellation, throwIfCanceled, untilCanceled } from "../runtime/cancelable-wait.ts";
import type { Cancellation, WaitOptions } from "../runtime/cancellation.ts";
import { go } from "../runtime/goroutine.ts";
import { fairly, rejected } from "../runtime/scheduler.ts";
import { Printable } from "../util/inspect.ts";
import { Check, checkFunction } from "../util/validate.ts";
import { WaitGroup } from "../waitgroup/waitgroup.ts";

const doCheck = /* @__PURE__ */ new Check("SingleFlight.do");

/** The value of a shared call. */
export interface SingleFlightValue<V> {
  /** The result of the call. */
  readonly value: V;

  /** Whether other callers have got it too. */
  readonly shared: boolean;
}

/** The result of a shared call. `ok` distinguishes a value from an error, because the thrown `error` may be any value, also `undefined`. */
export type SingleFlightResult<V> =
  | {
      /** True: the call has returned. */
      readonly ok: true;
      /** The result of the call. */
      readonly value: V;
      /** Absent: the call has no error. */
      readonly error?: undefined;
      /** Whether other callers have got the result too. */
      readonly shared: boolean;
    }
  | {
      /** False: the call has thrown. */
      readonly ok: false;
      /** Absent: the call has no value. */
      readonly value?: undefined;
      /** The error that the call has thrown. */
      readonly error: unknown;
      /** Whether other callers have got the error too. */
      readonly shared: boolean;
    };

class InFlightCall<V> {
  readonly wg = new WaitGroup();
  readonly channels: Channel<SingleFlightResult<V>>[] = [];

  /** The number of callers less one. A caller that was canceled is not counted. */
  duplicates = 0;
  result: SingleFlightResult<V> | null = null;
}

/**
 * Runs one call at a time for each key. A caller with the key of a running call waits for that call, and gets the same value or the same
 * error.
 *
 * @see [singleflight.Group](https://pkg.go.dev/golang.org/x/sync/singleflight#Group)
 *
 * @example
 * const flights = new SingleFlight<string, string>();
 * let queries = 0;
 * const load = (): Promise<{ value: string }> =>
 *   flights.do("user 7", async () => {
 *     queries++;
 *     await time.sleep(10);
 *     return "gopher";
 *   });
 * await Promise.all([load(), load(), load()]);
 * console.log(queries); // 1
 */
export class SingleFlight<K, V> extends Printable {
  readonly #calls = new Map<K, InFlightCall<V>>();

  /**
   * Calls `f`, unless a call for the same key is running; then it waits for that call.
   *
   * Cancellation: rejects with `ctx.err()` or with the reason of `signal`, also if the cancellation was before the call; `f` is not called
   * then. A call that is running continues for its other callers, and for later ones, also if it is the canceled caller that has started
   * it.
   *
   * @throws (rejects) what `f` throws, the same error for each caller; {TypeError} if `f` is not a function, or is a generator function, or
   * for options that are unknown or of a wrong type.
   */
  do(key: K, f: () => V | PromiseLike<V>, options?: WaitOptions): Promise<SingleFlightValue<V>> {
    try {
      checkFunction("SingleFlight.do", f);
      const cancellation = options === undefined ? null : checkCancellation(doCheck, options);
      throwIfCanceled(cancellation);
      return fairly(this.#do(key, f, options, cancellation));
    } catch (error) {
      return rejected(error);
    }
  }

  /**
   * Calls `f` in a new goroutine, unless a call for the same key is running, and returns a channel that gets the result of that call, once,
   * and is never closed.
   *
   * @throws {TypeError} if `f` is not a function, or is a generator function.
   */
  doChan(key: K, f: () => V | PromiseLike<V>): ReceiveChannel<SingleFlightResult<V>> {
    checkFunction("SingleFlight.doChan", f);
    const channel = new Channel<SingleFlightResult<V>>(1);
    const running = this.#calls.get(key);
    if (running !== undefined) {
      running.duplicates++;
      running.channels.push(channel);
    } else {
      const call = this.#begin(key);
      call.channels.push(channel);
      go(() => this.#run(key, call, f));
    }
    return channel;
  }

  /** Makes the next call for `key` call its function, even while another call is running, which continues for its own callers. */
  forget(key: K): void {
    this.#calls.delete(key);
  }

  /** The state, such as `SingleFlight 2 calls running`. */
  override toString(): string {
    return `SingleFlight ${this.#calls.size} ${this.#calls.size === 1 ? "call" : "calls"} running`;
  }

  async #do(
    key: K,
    f: () => V | PromiseLike<V>,
    options: WaitOptions | undefined,
    cancellation: Cancellation | null,
  ): Promise<SingleFlightValue<V>> {
    const running = this.#calls.get(key);
    const call = running ?? this.#begin(key);
    if (running !== undefined) running.duplicates++;
    try {
      await (running === undefined ? untilCanceled(this.#run(key, call, f), cancellation) : running.wg.wait(options));
    } catch (reason) {
      call.duplicates--;
      throw reason;
    }
    return unwrap(call.result as SingleFlightResult<V>);
  }

  #begin(key: K): InFlightCall<V> {
    const call = new InFlightCall<V>();
    call.wg.add(1);
    this.#calls.set(key, call);
    return call;
  }

  async #run(key: K, call: InFlightCall<V>, f: () => V | PromiseLike<V>): Promise<SingleFlightResult<V>> {
    const result = await resultOf(f, call);
    call.result = result;
    if (this.#calls.get(key) === call) this.#calls.delete(key);
    for (const channel of call.channels) channel.trySend(result);
    call.wg.done();
    return result;
  }
}

async function resultOf<V>(f: () => V | PromiseLike<V>, call: InFlightCall<V>): Promise<SingleFlightResult<V>> {
  try {
    const value = await f();
    return { ok: true, value, shared: call.duplicates > 0 };
  } catch (error) {
    return { ok: false, error, shared: call.duplicates > 0 };
  }
}

function unwrap<V>(result: SingleFlightResult<V>): SingleFlightValue<V> {
  if (!result.ok) throw result.error;
  const { value, shared } = result;
  return { value, shared };
}
