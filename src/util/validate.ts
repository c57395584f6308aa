// Argument checks. Each error names the function, the argument and the value, and says what to pass instead.

import { isOfAnotherCopy, kindOf } from "./copies.ts";
import { safeToString, tryOr } from "./inspect.ts";

/**
 * Checks the arguments of the public function `caller`. Each method throws if a value is wrong. A check that few functions need is a
 * function of this module and not a method: a bundler leaves out unused functions, and keeps all methods of a class.
 */
export class Check {
  readonly caller: string;

  constructor(caller: string) {
    this.caller = caller;
  }

  /** Returns `value` if it is a number from `min` to `max`. */
  atLeast(name: string, min: number, value: number, max: number = Infinity): number {
    if (typeof value !== "number" || !(value >= min && value <= max)) {
      const range = max === Infinity ? `${min} or more` : `from ${min} to ${max}`;
      throw new RangeError(`${this.caller}: ${name} must be a number, ${range}, got ${describe(value)}`);
    }
    return value;
  }

  /** Returns a TypeError about the call. */
  error(problem: string): TypeError {
    return new TypeError(`${this.caller}: ${problem}`);
  }

  /** Checks an optional context. */
  isContext(name: string, value: unknown): void {
    if (value === undefined || (isContext(value) && !isOfAnotherCopy(value))) return;
    const advice = isSignal(value) ? `; pass context.fromSignal(${name})` : "";
    throw new TypeError(`${this.caller}: ${name} must be a context, got ${describe(value)}${advice}`);
  }

  /**
   * Checks the names of optional options, and that none is null.
   *
   * @param known - the names that are allowed
   * @param aliases - names that other libraries use, with the name to use instead
   */
  options(value: unknown, known: readonly string[], aliases: Readonly<Record<string, string>> = {}): void {
    if (value === undefined) return;
    if (typeof value !== "object" || value === null || isContext(value) || isSignal(value)) {
      const advice = isContext(value)
        ? "; a context is passed as { ctx }"
        : isSignal(value)
          ? "; an AbortSignal is passed as { signal }"
          : "";
      throw new TypeError(`${this.caller}: options must be an object, got ${describe(value)}${advice}`);
    }
    for (const [name, option] of Object.entries(value)) {
      if (!known.includes(name)) {
        const advice = Object.hasOwn(aliases, name)
          ? `write ${aliases[name] as string} instead`
          : `the options are ${known.join(", ")}`;
        throw new TypeError(`${this.caller}: unknown option ${name}; ${advice}`);
      }
      if (option === null) {
        throw new TypeError(`${this.caller}: ${name} must not be null; leave it out for the default`);
      }
    }
  }
}

/** Returns `value` if it is an integer from `min` to `max`; with `max` Infinity, also Infinity. */
export function checkCount(
  { caller }: Check,
  name: string,
  min: number,
  value: number,
  max: number = Number.MAX_SAFE_INTEGER,
): number {
  const isCount = Number.isSafeInteger(value) || (value === Infinity && max === Infinity);
  if (!isCount || value < min || value > max) {
    const range = max < Number.MAX_SAFE_INTEGER ? `from ${min} to ${max}` : `${min} or more`;
    throw new RangeError(`${caller}: ${name} must be a whole number, ${range}, got ${describe(value)}`);
  }
  return value;
}

/** Reports whether a call `f(n, options)`, whose arguments are optional, has left out `n`: its first argument is the options. */
export function hasOptionsOnly<Options extends object>(
  n: number | Options | undefined,
  options: Options | undefined,
): n is Options {
  return typeof n === "object" && n !== null && options === undefined;
}

/** Returns `value` if it is a boolean. */
export function checkBoolean(check: Check, name: string, value: unknown): boolean {
  if (typeof value !== "boolean") throw check.error(`${name} must be a boolean, got ${describe(value)}`);
  return value;
}

/** Checks an optional function. */
export function checkOptionalFunction({ caller }: Check, name: string, value: unknown): void {
  if (value !== undefined) checkFunction(caller, value, name);
}

/** Checks that `f` is a function, and not a generator function, whose call runs nothing. */
export function checkFunction(caller: string, f: unknown, name: string = "f"): void {
  if (typeof f !== "function") throw new TypeError(`${caller}: ${name} must be a function, got ${describe(f)}`);
  // A function without a prototype is not a generator function, which this finds faster.
  if ((f as { prototype?: unknown }).prototype !== undefined && isGeneratorFunction(f)) {
    throw new TypeError(
      `${caller}: ${name} must not be a generator function, which runs nothing when it is called; pass an async function`,
    );
  }
}

/** The greatest number of characters of a value in an error message. */
const maxShown = 60;

/** Returns `value` as text for an error message: a string in quotes, which distinguishes it from a number. */
export function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(shorten(value));
  return kindOf(value) ?? (isSignal(value) ? "an AbortSignal" : shorten(safeToString(value, toText)));
}

function toText(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  return typeof value === "bigint" ? `${value}n` : String(value);
}

function shorten(text: string): string {
  return text.length > maxShown ? `${text.slice(0, maxShown - 1)}…` : text;
}

function isGeneratorFunction(f: object): boolean {
  return /^\[object (Async)?GeneratorFunction\]$/.test(Object.prototype.toString.call(f));
}

/** Reports whether `value` has the methods of a context. */
export function isContext(value: unknown): boolean {
  return tryOr(
    () => {
      const { done, err } = Object(value) as { done?: unknown; err?: unknown };
      return typeof done === "function" && typeof err === "function";
    },
    () => false,
  );
}

/** Reports whether `value` is an AbortSignal, of this JavaScript realm or another. */
export function isSignal(value: unknown): value is AbortSignal {
  return tryOr(
    () => {
      const { aborted, addEventListener } = Object(value) as Partial<AbortSignal>;
      return typeof aborted === "boolean" && typeof addEventListener === "function";
    },
    () => false,
  );
}

/** Reports whether `value` is a Date, of this JavaScript realm or another, as in a test runner. */
export function isDate(value: unknown): value is Date {
  return Object.prototype.toString.call(value) === "[object Date]";
}
