// Looking at values of the user's. What is thrown, or used as a name or a key, may be any object, however hostile, and must not
// be able to break a report.

/** What `look` finds or, if looking throws, what `otherwise` does. */
export function tryOr<R>(look: () => R, otherwise: () => R): R {
  try {
    return look();
  } catch {
    return otherwise();
  }
}

/** Whether `value` is an error, of this realm or another: what a host's own functions throw may be from another. */
export function isError(value: unknown): value is Error {
  return tryOr(
    () => value instanceof Error || /^\[object (Error|DOMException)\]$/.test(objectTag(value)),
    () => false,
  );
}

/** `value` if it is an error, or else an error that tells of it and has it for its `cause`. */
export function toError(value: unknown): Error {
  return isError(value) ? value : new Error(safeToString(value), { cause: value });
}

/** `value` as `write` has it or, if that throws, by its kind. */
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

/** The name of a function; "", if it has none. */
export function functionName(f: (...args: never[]) => unknown): string {
  const name = tryOr<unknown>(
    () => f.name,
    () => "",
  );
  return typeof name === "string" ? name : "";
}

/** `text` without what could pass for a line or a control character of its own. */
export function escapeControlChars(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function objectTag(value: unknown): string {
  return Object.prototype.toString.call(value);
}
