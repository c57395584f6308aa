// The `using` declaration for engines without it. The transform puts a block with declarations between a `Scope` and its `dispose`.
//
// An asynchronous disposal takes as many rounds of the microtask queue as in the code that esbuild generates, because they decide the order of
// goroutines that resume at the same time: a program has the same order on Node 20, where esbuild lowers the declaration.
//
// See https://tc39.es/proposal-explicit-resource-management/#sec-disposeresources

type Method = (this: unknown) => unknown;

interface Resource {
  readonly value: unknown;
  /** undefined if `await using` was given null or undefined: its end is awaited nevertheless. */
  readonly method: Method | undefined;
  readonly isAsync: boolean;
}

// Programs and the library use the symbols by these names, so an engine without them, such as that of WebKit, gets them before either is loaded.
for (const name of ["dispose", "asyncDispose"]) {
  if (!(name in Symbol)) Object.defineProperty(Symbol, name, { value: Symbol(`Symbol.${name}`) });
}
const { dispose: disposeKey, asyncDispose: asyncDisposeKey } = Symbol;

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
      if (typeof release === "function") {
        // The result of a synchronous method is not awaited.
        method = function (this: unknown): unknown {
          try {
            (release as Method).call(this);
            return undefined;
          } catch (error) {
            return Promise.reject(error);
          }
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

  /**
   * Disposes of the resources, the last first. Returns a promise if there are resources of `await using`.
   *
   * @throws the error with which the block is left (or rejects with it).
   */
  dispose(): Promise<void> | undefined {
    for (let resource = this.#resources.pop(); resource !== undefined; resource = this.#resources.pop()) {
      try {
        const result = resource.method?.call(resource.value);
        if (resource.isAsync) {
          return Promise.resolve(result).then(
            () => this.dispose(),
            (error: unknown) => {
              this.fail(error);
              return this.dispose();
            },
          );
        }
      } catch (error) {
        this.fail(error);
      }
    }
    if (this.#failure !== undefined) throw this.#failure.error;
    return undefined;
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
