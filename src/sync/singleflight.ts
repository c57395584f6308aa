// Duplicate call suppression: callers that ask for the same key at the same time share one call.

import { Channel, type ReceiveChannel } from "../channel/channel.ts";
import { checkFunction } from "../util/validate.ts";
import { go } from "../runtime/goroutine.ts";
import { rejected, fairly } from "../runtime/scheduler.ts";
import { WaitGroup } from "../waitgroup/waitgroup.ts";

/** The value of a shared call. */
export interface SingleFlightValue<V> {
  readonly value: V;
  /** Whether other callers have got it too. */
  readonly shared: boolean;
}

/** The result of a shared call: `ok` says whether it is a value or an error, because what is thrown can be anything, also undefined. */
export type SingleFlightResult<V> =
  | { readonly ok: true; readonly value: V; readonly error?: undefined; readonly shared: boolean }
  | { readonly ok: false; readonly value?: undefined; readonly error: unknown; readonly shared: boolean };

class InFlightCall<V> {
  readonly wg = new WaitGroup();
  readonly channels: Channel<SingleFlightResult<V>>[] = [];
  duplicates = 0;
  result: SingleFlightResult<V> | null = null;
}

/**
 * Runs one call at a time for each key: a caller that asks for the key of a running call waits for that call, and gets the same value or
 * the same error.
 *
 * Mirrors `singleflight.Group` of golang.org/x/sync.
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
export class SingleFlight<K, V> {
  readonly #calls = new Map<K, InFlightCall<V>>();

  /**
   * Calls `f`, unless a call for the same key is running; then it waits for that.
   *
   * Errors: rejects with what `f` throws, the very same for each caller. Rejects with `TypeError` if `f` is not a function, or is a
   * generator function.
   */
  do(key: K, f: () => V | PromiseLike<V>): Promise<SingleFlightValue<V>> {
    try {
      checkFunction("SingleFlight.do", f);
    } catch (error) {
      return rejected(error);
    }
    return fairly(this.#do(key, f));
  }

  /**
   * Like {@link SingleFlight.do}, and returns a channel that will have the result, once, and is never closed. `f` is called in a
   * goroutine of its own.
   *
   * Errors: throws `TypeError` if `f` is not a function, or is a generator function.
   */
  doChan(key: K, f: () => V | PromiseLike<V>): ReceiveChannel<SingleFlightResult<V>> {
    checkFunction("SingleFlight.doChan", f);
    const channel = new Channel<SingleFlightResult<V>>(1);
    const other = this.#calls.get(key);
    if (other !== undefined) {
      other.duplicates++;
      other.channels.push(channel);
    } else {
      const call = this.#begin(key);
      call.channels.push(channel);
      go(() => this.#run(key, call, f));
    }
    return channel;
  }

  /** Makes the next call for `key` call its function, even while another is running; that ends for those who wait for it. */
  forget(key: K): void {
    this.#calls.delete(key);
  }

  async #do(key: K, f: () => V | PromiseLike<V>): Promise<SingleFlightValue<V>> {
    const other = this.#calls.get(key);
    if (other === undefined) return flightOf(await this.#run(key, this.#begin(key), f));
    other.duplicates++;
    await other.wg.wait();
    return flightOf(other.result as SingleFlightResult<V>);
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

function flightOf<V>(result: SingleFlightResult<V>): SingleFlightValue<V> {
  if (!result.ok) throw result.error;
  const { value, shared } = result;
  return { value, shared };
}
