// What may be sent to another machine: plain JSON data of a limited size. An object that JSON would change silently is refused before it
// is sent, with the path of the property.

import { describe } from "../util/validate.ts";
import { safeToString } from "../util/inspect.ts";

/** What an engine can store. */
export interface DataLimits {
  /** The largest size of a value, in bytes of its JSON text. */
  readonly maxBytes: number;

  /** Whether the engine is Postgres, which stores neither NUL characters nor lone surrogates. */
  readonly isPostgres: boolean;
}

/** What the `jsonb` of Postgres does not store. */
const unstorable = /\0|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

const encoder = new TextEncoder();

/**
 * Checks that `value` is the same after it was written as JSON and read, and that it is not too large. A property whose value is undefined is
 * allowed; it is left out.
 *
 * @param caller the public function that was called, for the error
 * @param name the name of the value, which begins the path in the error
 * @returns the JSON text of the value
 * @throws {TypeError} with the path of the first property that is not plain data.
 * @throws {RangeError} if the value is too large.
 */
export function checkPlainData(caller: string, name: string, value: unknown, limits: DataLimits): string {
  checkValue(caller, name, value, limits.isPostgres, new Set());
  const text = JSON.stringify(value);
  const bytes = text.length * 3 <= limits.maxBytes ? 0 : encoder.encode(text).length;
  if (bytes <= limits.maxBytes) return text;
  throw new RangeError(
    `${caller}: ${name} has ${bytes} bytes as JSON, more than maxBytes, which is ${limits.maxBytes}; ` +
      "store the data elsewhere and send a reference to it",
  );
}

function checkValue(caller: string, path: string, value: unknown, isPostgres: boolean, above: Set<object>): void {
  function refuse(problem: string): never {
    throw new TypeError(`${caller}: ${path} must be plain JSON data, got ${problem}`);
  }
  switch (typeof value) {
    case "boolean":
      return;
    case "string":
      if (isPostgres && value.search(unstorable) >= 0) {
        refuse("a string with a NUL character or a lone surrogate, which Postgres does not store");
      }
      return;
    case "number":
      if (!Number.isFinite(value)) refuse(safeToString(value));
      return;
    case "object":
      break;
    default:
      refuse(typeof value === "undefined" ? "undefined" : `a ${typeof value}`);
  }
  if (value === null) return;
  const object = value;
  if (above.has(object)) refuse("a reference to an object that contains it");
  above.add(object);
  if (Array.isArray(object)) {
    for (let i = 0; i < object.length; i++) checkValue(caller, `${path}[${i}]`, object[i], isPostgres, above);
  } else {
    checkObject(caller, path, object, isPostgres, above, refuse);
  }
  above.delete(object);
}

function checkObject(
  caller: string,
  path: string,
  object: object,
  isPostgres: boolean,
  above: Set<object>,
  refuse: (problem: string) => never,
): void {
  const prototype = Object.getPrototypeOf(object) as object | null;
  // The prototype of an object of another realm is plain too.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) refuse(classOf(object, prototype));
  if (typeof (object as { toJSON?: unknown }).toJSON === "function") refuse("an object with a toJSON method");
  for (const key of Reflect.ownKeys(object)) {
    if (typeof key === "symbol") refuse(`an object with the property ${safeToString(key)}, which JSON leaves out`);
    if (key === "__proto__") refuse("an object with a property called __proto__");
    const value = (object as Record<string, unknown>)[key];
    const inner = /^[A-Za-z_$][\w$]*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
    if (isPostgres) checkValue(caller, `the name of ${inner}`, key, isPostgres, above);
    if (value !== undefined) checkValue(caller, inner, value, isPostgres, above);
  }
}

function classOf(object: object, prototype: object): string {
  const { constructor } = prototype as { constructor?: unknown };
  if (typeof constructor !== "function" || constructor.name === "") return describe(object);
  return `an object of the class ${constructor.name}`;
}

/** The greatest length of the texts of an error that an engine stores, in characters. */
const longestText = 10_000;

/** Returns `error`, or a copy without what Postgres does not store and of limited length. */
export function toStorableError(error: Error): Error {
  const [name, message, stack] = [error.name, error.message, error.stack ?? ""].map((text) =>
    toStorableText(safeToString(text)),
  );
  if (name === error.name && message === error.message && stack === error.stack) return error;
  return Object.assign(new Error(message), { name, stack });
}

function toStorableText(text: string): string {
  const shorter = text.length > longestText ? `${text.slice(0, longestText)}...` : text;
  return shorter.replace(unstorable, "\uFFFD");
}
