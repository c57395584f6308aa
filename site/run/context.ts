// The async context of a program in a browser, which has no `AsyncLocalStorage`: a frame of stores, kept in one variable.
//
// Invariants:
//   1. A frame does not change; a store that is set makes a new frame.
//   2. Code that runs synchronously inside `run` has the frame of that call, and the caller has its own frame after it.
//   3. A callback of a promise has the frame in which it was added, and a function that resumes after an `await` has the frame that it had
//      before. `installContexts` replaces methods of promises for the first; for the second, the transform puts calls into the code.
//
// See https://nodejs.org/api/async_context.html

type Frame = ReadonlyMap<object, unknown> | undefined;

let current: Frame;

/** Returns the current frame. */
export function get(): Frame {
  return current;
}

/** Makes `frame` the current one. */
export function set(frame: Frame): void {
  current = frame;
}

/** Makes `frame` the current one, and returns `value`: `restore(get(), await promise)`. */
export function restore<T>(frame: Frame, value: T): T {
  current = frame;
  return value;
}

/**
 * Returns the frame in which an async generator resumes after a `yield`, and makes it the current one: that of the caller of `next`, or
 * `before` if the generator resumes later, for a call that was queued.
 */
export function resumed(before: Frame): Frame {
  if (generatorCalls === 0) current = before;
  return current;
}

/** Returns `value`; the second argument is evaluated for its effect. */
export function keep<T>(value: T, _?: unknown): T {
  return value;
}

function runIn<A extends readonly unknown[], R>(frame: Frame, f: (...args: A) => R, self: unknown, args: A): R {
  const caller = current;
  current = frame;
  try {
    return Reflect.apply(f, self, args);
  } finally {
    current = caller;
  }
}

/** Returns a function that calls `f` in the current frame. */
export function bind<A extends readonly unknown[], R>(f: (...args: A) => R): (...args: A) => R {
  const frame = current;
  return function (this: unknown, ...args) {
    return runIn(frame, f, this, args);
  };
}

/** A value that follows a call through its continuations, with the methods of Node's class that the library uses. */
export class AsyncLocalStorage<T> {
  #key = {};

  run<A extends readonly unknown[], R>(value: T, f: (...args: A) => R, ...args: A): R {
    return runIn(new Map(current).set(this.#key, value), f, undefined, args);
  }

  exit<A extends readonly unknown[], R>(f: (...args: A) => R, ...args: A): R {
    const frame = new Map(current);
    frame.delete(this.#key);
    return runIn(frame, f, undefined, args);
  }

  getStore(): T | undefined {
    return current?.get(this.#key) as T | undefined;
  }

  disable(): void {
    this.#key = {};
  }
}

const frameKey: unique symbol = Symbol("context_frame");

/** A captured frame. As on Node 24, it is in a property with a symbol, by which the library detects whether a store is set. */
export class AsyncResource {
  [frameKey]: Frame = current;

  runInAsyncScope<A extends readonly unknown[], R>(f: (...args: A) => R, self?: unknown, ...args: A): R {
    return runIn(this[frameKey], f, self, args);
  }
}

let isInstalled = false;

/** How many calls of methods of async generators are on the stack. */
let generatorCalls = 0;

/** Makes the callbacks of promises, and of `queueMicrotask`, run in the frame in which they are added. Only the first call has an effect. */
export function installContexts(): void {
  if (isInstalled) return;
  isInstalled = true;
  replaceMethod(
    Promise.prototype,
    "then",
    (then) =>
      function (onFulfilled, onRejected) {
        return then.call(this, bindCallback(onFulfilled), bindCallback(onRejected));
      },
  );
  const { queueMicrotask } = globalThis;
  globalThis.queueMicrotask = (f) => queueMicrotask(bind(f));
  const generator = (async function* () {})();
  const prototype = Object.getPrototypeOf(Object.getPrototypeOf(generator)) as object;
  for (const name of ["next", "return", "throw"]) replaceMethod(prototype, name, countCalls);
}

type Method = (this: unknown, ...args: unknown[]) => unknown;

function replaceMethod(object: object, name: string, replace: (method: Method) => Method): void {
  const property = Object.getOwnPropertyDescriptor(object, name) as PropertyDescriptor;
  Object.defineProperty(object, name, { ...property, value: replace(property.value as Method) });
}

function countCalls(method: Method): Method {
  return function (...args) {
    generatorCalls++;
    try {
      return method.apply(this, args);
    } finally {
      generatorCalls--;
    }
  };
}

function bindCallback(callback: unknown): unknown {
  return typeof callback === "function" ? bind(callback as Method) : callback;
}
