// Converts values of the user to text. A value that is thrown, or used as a name or a key, may be any object, also one with throwing
// getters or proxy traps, and must not break a report.

/** Returns the result of `f` or, if `f` throws, the result of `otherwise`. */
export function tryOr<R>(f: () => R, otherwise: () => R): R {
  try {
    return f();
  } catch {
    return otherwise();
  }
}

/** Reports whether `value` is an error, of this JavaScript realm or another: errors of a host's functions may be of another. */
export function isError(value: unknown): value is Error {
  return tryOr(
    () => value instanceof Error || /^\[object (Error|DOMException)\]$/.test(objectTag(value)),
    () => false,
  );
}

/** Returns `value` if it is an error; otherwise a new error with its text and with `value` as `cause`. */
export function toError(value: unknown): Error {
  return isError(value) ? value : new Error(safeToString(value), { cause: value });
}

/** Returns `value` as text by `write`, or its kind if that throws. */
export function safeToString(value: unknown, write: (value: unknown) => string = String): string {
  return tryOr(
    () => write(value),
    () =>
      tryOr(
        () => objectTag(value),
        () => "a value that cannot be shown",
      ),
  );
}

/** Returns the name of a function; "" if it has none. */
export function functionName(f: (...args: never[]) => unknown): string {
  const name = tryOr<unknown>(
    () => f.name,
    () => "",
  );
  return typeof name === "string" ? name : "";
}

/** Returns `text` with line breaks and control characters escaped. */
export function escapeControlChars(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function objectTag(value: unknown): string {
  return Object.prototype.toString.call(value);
}

/** Makes Node's `console.log` print the objects with this prototype as `write` returns them; by default, as `toString` does. */
export function printAsString<T extends object>(prototype: T, write: (object: T) => string = String): void {
  Object.defineProperty(prototype, Symbol.for("nodejs.util.inspect.custom"), {
    configurable: true,
    writable: true,
    value(this: T): string {
      // A prototype itself, and a proxy, have no private state.
      return tryOr(
        () => write(this),
        () => objectTag(this),
      );
    },
  });
}

/** A class whose objects `console.log` shows as their `toString`. */
export abstract class Printable {
  static {
    printAsString(this.prototype);
  }

  /** The state of the object, in one line. */
  abstract toString(): string;
}

/** The number of waiters, as the end of a description of a lock or a group. */
export function waitingSuffix(waiters: number): string {
  return waiters === 0 ? "" : `, ${waiters} waiting`;
}
