// Work that many ask for at the same time, and that is done once for all of them.

import { Channel, type ReceiveChannel } from "../channel/channel.ts";
import { asText } from "../goroutine/foreign.ts";
import { go } from "../goroutine/go.ts";
import { WaitGroup } from "../waitgroup/waitgroup.ts";

/** What a shared piece of work has come to. */
export interface Flight<V> {
  readonly value: V;
  /** Whether somebody else has it too. */
  readonly shared: boolean;
}

/** The same, where an error is a value. */
export type FlightResult<V> =
  | (Flight<V> & { readonly error?: undefined })
  | { readonly value?: undefined; readonly error: unknown; readonly shared: boolean };

class Call<V> {
  readonly wg = new WaitGroup();
  readonly channels: Channel<FlightResult<V>>[] = [];
  duplicates = 0;
  result: FlightResult<V> | null = null;
}

/**
 * For each key lets one piece of work be done at a time: whoever asks for the same while it is done waits for it, and gets the
 * same value or the same error.
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
  readonly #calls = new Map<K, Call<V>>();

  /**
   * Calls `f`, unless a call for the same key is under way; then waits for that. Errors: rejects with what `f` throws, for
   * everybody who waits.
   */
  async do(key: K, f: () => V | PromiseLike<V>): Promise<Flight<V>> {
    if (typeof f !== "function") throw new TypeError(`SingleFlight.do: f must be a function, got ${asText(f)}`);
    const other = this.#calls.get(key);
    if (other !== undefined) {
      other.duplicates++;
      await other.wg.wait();
      return told(other.result as FlightResult<V>);
    }
    return told(await this.#run(key, this.#begin(key), f));
  }

  /** Like {@link SingleFlight.do}, and answers a channel that will have the result, once, and is never closed. */
  doChan(key: K, f: () => V | PromiseLike<V>): ReceiveChannel<FlightResult<V>> {
    if (typeof f !== "function") throw new TypeError(`SingleFlight.doChan: f must be a function, got ${asText(f)}`);
    const channel = new Channel<FlightResult<V>>(1);
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

  /** Makes the next call for `key` call its function, even while another is under way; that ends for those who wait for it. */
  forget(key: K): void {
    this.#calls.delete(key);
  }

  #begin(key: K): Call<V> {
    const call = new Call<V>();
    call.wg.add(1);
    this.#calls.set(key, call);
    return call;
  }

  async #run(key: K, call: Call<V>, f: () => V | PromiseLike<V>): Promise<FlightResult<V>> {
    let outcome: { value: V } | { error: unknown };
    try {
      outcome = { value: await f() };
    } catch (error) {
      outcome = { error };
    }
    const result = { ...outcome, shared: call.duplicates > 0 } as FlightResult<V>;
    call.result = result;
    if (this.#calls.get(key) === call) this.#calls.delete(key);
    for (const channel of call.channels) channel.trySend(result);
    call.wg.done();
    return result;
  }
}

function told<V>(result: FlightResult<V>): Flight<V> {
  if ("error" in result) throw result.error;
  return result;
}
