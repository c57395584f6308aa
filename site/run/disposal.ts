// The `using` declaration for engines without it. The transform puts the rest of a block after a declaration between a `Scope` and its
// `dispose` or `disposeAsync`.
//
// See https://tc39.es/proposal-explicit-resource-management/#sec-disposeresources

import { get, set } from "./context.ts";

type Method = (this: unknown) => unknown;

interface Resource {
  readonly value: unknown;
  /** undefined if `await using` was given null or undefined: its end is awaited nevertheless. */
  readonly method: Method | undefined;
  readonly isAsync: boolean;
}

interface Symbols {
  readonly dispose?: symbol;
  readonly asyncDispose?: symbol;
}

const { dispose, asyncDispose } = Symbol as Symbols;
const disposeKey = dispose ?? Symbol.for("Symbol.dispose");
const asyncDisposeKey = asyncDispose ?? Symbol.for("Symbol.asyncDispose");

/** The resources of a block, and the error with which it is left. */
export class Scope {
  readonly #resources: Resource[] = [];
  #failure: { readonly error: unknown } | undefined;

  /** Adds the value of a `using`, or of an `await using`, and returns it. */
  add<T>(value: T, isAsync: boolean): T {
    if (value === null || value === undefined) {
      if (isAsync) this.#resources.push({ value, method: undefined, isAsync });
      return value;
    }
    const object = value as Record<symbol, unknown>;
    let method = isAsync ? object[asyncDisposeKey] : object[disposeKey];
    if (isAsync && (method === undefined || method === null)) {
      const release = object[disposeKey];
      // The result of a synchronous method is not awaited.
      if (typeof release === "function") {
        method = function (this: unknown): void {
          (release as Method).call(this);
        };
      }
    }
    if (typeof method !== "function") throw new TypeError("the value of a using declaration is not disposable");
    this.#resources.push({ value, method: method as Method, isAsync });
    return value;
  }

  /** Notes that the block is left with `error`. */
  fail(error: unknown): void {
    this.#failure =
      this.#failure === undefined ? { error } : { error: new SuppressedFailure(error, this.#failure.error) };
  }

  /** Disposes of the resources, the last first, and throws the error with which the block is left. */
  dispose(): void {
    for (let resource = this.#resources.pop(); resource !== undefined; resource = this.#resources.pop()) {
      this.#release(resource);
    }
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Like {@link dispose}, and waits for the resources of `await using`. */
  async disposeAsync(): Promise<void> {
    const frame = get();
    for (let resource = this.#resources.pop(); resource !== undefined; resource = this.#resources.pop()) {
      const result = this.#release(resource);
      if (!resource.isAsync) continue;
      try {
        await result;
      } catch (error) {
        this.fail(error);
      }
      set(frame);
    }
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #release({ value, method }: Resource): unknown {
    try {
      return method?.call(value);
    } catch (error) {
      this.fail(error);
      return undefined;
    }
  }
}

/** The class `SuppressedError`, for engines without it. */
class SuppressedFailure extends Error {
  readonly error: unknown;
  readonly suppressed: unknown;

  constructor(error: unknown, suppressed: unknown) {
    super("An error was suppressed during disposal");
    this.error = error;
    this.suppressed = suppressed;
  }

  static {
    this.prototype.name = "SuppressedError";
  }
}
