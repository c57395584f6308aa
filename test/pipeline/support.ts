// Sources and consumers of pipelines, for tests.

import { type Context, receive, select, time } from "goro";

/** Returns all values; throws the error that ends them. */
export async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

/** Returns all values, and then the message of the error or "end". */
export async function outcomes(values: AsyncIterable<unknown>): Promise<unknown[]> {
  const all: unknown[] = [];
  try {
    for await (const value of values) all.push(value);
    return [...all, "end"];
  } catch (error) {
    return [...all, (error as Error).message];
  }
}

/** Waits `ms` milliseconds, or until `ctx` is canceled, and then throws its cause. */
export async function sleep(ctx: Context, ms: number): Promise<void> {
  const s = await select({ slept: receive(time.after(ms)), done: receive(ctx.done()) });
  if (s.case === "done") throw ctx.err() as Error;
}

/** A source that counts how often it was pulled and released. Its values are 1, 2, 3 ... up to `size`. */
export class CountingSource implements AsyncIterable<number> {
  pulled = 0;
  released = 0;
  readonly #size: number;
  readonly #pause: number;
  readonly #failure: Error | undefined;

  /** Each step takes `pause` milliseconds. Instead of ending, it fails with `failure`. */
  constructor(size: number, pause: number = 0, failure?: Error) {
    this.#size = size;
    this.#pause = pause;
    this.#failure = failure;
  }

  [Symbol.asyncIterator](): AsyncIterator<number, undefined> {
    return {
      next: async () => {
        if (this.#pause > 0) await time.sleep(this.#pause);
        if (this.pulled < this.#size) return { value: ++this.pulled, done: false };
        if (this.#failure !== undefined) throw this.#failure;
        return { value: undefined, done: true };
      },
      return: async () => {
        this.released++;
        return { value: undefined, done: true };
      },
    };
  }
}
