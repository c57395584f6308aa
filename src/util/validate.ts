// Argument checks. Each error names the function, the argument and the value, and says what to pass instead.

import { isOfAnotherCopy, kindOf } from "./copies.ts";
import { safeToString, tryOr } from "./inspect.ts";

/** Checks values for `caller`, the name of the public function that was called; each method returns the value or throws. */
export class Check {
  readonly #caller: string;

  constructor(caller: string) {
    this.#caller = caller;
  }

  count(name: string, least: number, value: number, most: number = Number.MAX_SAFE_INTEGER): number {
    const isCount = Number.isSafeInteger(value) || (value === Infinity && most === Infinity);
    if (!isCount || value < least || value > most) {
      const range = most < Number.MAX_SAFE_INTEGER ? `from ${least} to ${most}` : `${least} or more`;
      throw new RangeError(`${this.#caller}: ${name} must be a whole number, ${range}, got ${describe(value)}`);
    }
    return value;
  }

  atLeast(name: string, least: number, value: number, most: number = Infinity): number {
    if (typeof value !== "number" || !(value >= least && value <= most)) {
      const range = most === Infinity ? `${least} or more` : `from ${least} to ${most}`;
      throw new RangeError(`${this.#caller}: ${name} must be a number, ${range}, got ${describe(value)}`);
    }
    return value;
  }

  /** The TypeError that says `problem` of the call. */
  error(problem: string): TypeError {
    return new TypeError(`${this.#caller}: ${problem}`);
  }

  /** An optional function. */
  isFunction(name: string, value: unknown): void {
    if (value !== undefined) checkFunction(this.#caller, value, name);
  }

  /** An optional context. */
  isContext(name: string, value: unknown): void {
    if (value === undefined || (isContext(value) && !isOfAnotherCopy(value))) return;
    const advice = isSignal(value) ? `; pass context.fromSignal(${name})` : "";
    throw new TypeError(`${this.#caller}: ${name} must be a context, got ${describe(value)}${advice}`);
  }

  /**
   * Options, which may have the names of `known` and no others, and no null. `aliases` has what other libraries call some of them.
   */
  options(value: unknown, known: readonly string[], aliases: Readonly<Record<string, string>> = {}): void {
    if (value === undefined) return;
    if (typeof value !== "object" || value === null || isContext(value) || isSignal(value)) {
      const advice = isContext(value)
        ? "; a context is passed as { ctx }"
        : isSignal(value)
          ? "; an AbortSignal is passed as { signal }"
          : "";
      throw new TypeError(`${this.#caller}: options must be an object, got ${describe(value)}${advice}`);
    }
    for (const [name, option] of Object.entries(value)) {
      if (!known.includes(name)) {
        const instead = Object.hasOwn(aliases, name) ? (aliases[name] as string) : nearest(name, known);
        const advice = instead === undefined ? `the options are ${known.join(", ")}` : `write ${instead} instead`;
        throw new TypeError(`${this.#caller}: there is no option ${name}; ${advice}`);
      }
      if (option === null) {
        throw new TypeError(`${this.#caller}: ${name} must not be null; leave it out for the default`);
      }
    }
  }
}

/** Checks that `f` is a function that does its work when it is called. */
export function checkFunction(caller: string, f: unknown, name: string = "f"): void {
  if (typeof f !== "function") throw new TypeError(`${caller}: ${name} must be a function, got ${describe(f)}`);
  // Functions that are cheap to tell from a generator have no prototype.
  if ((f as { prototype?: unknown }).prototype !== undefined && isGeneratorFunction(f)) {
    throw new TypeError(
      `${caller}: ${name} must not be a generator function, which runs nothing when it is called; pass an async function`,
    );
  }
}

/** `value` as an error message shows it. */
export function describe(value: unknown): string {
  return kindOf(value) ?? (isSignal(value) ? "an AbortSignal" : safeToString(value));
}

function isGeneratorFunction(f: object): boolean {
  return /^\[object (Async)?GeneratorFunction\]$/.test(Object.prototype.toString.call(f));
}

/** Whether `value` has the methods of a context. */
export function isContext(value: unknown): boolean {
  return tryOr(
    () => {
      const { done, err } = Object(value) as { done?: unknown; err?: unknown };
      return typeof done === "function" && typeof err === "function";
    },
    () => false,
  );
}

/** Whether `value` is an AbortSignal, of this realm or another. */
export function isSignal(value: unknown): value is AbortSignal {
  return tryOr(
    () => {
      const { aborted, addEventListener } = Object(value) as Partial<AbortSignal>;
      return typeof aborted === "boolean" && typeof addEventListener === "function";
    },
    () => false,
  );
}

/** The one of `names` that `name` may be a slip of; undefined, if it resembles none. */
function nearest(name: string, names: readonly string[]): string | undefined {
  const [best] = names
    .map((other) => ({ other, distance: distanceOf(name.toLowerCase(), other.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  return best !== undefined && best.distance <= Math.max(1, best.other.length / 3) ? best.other : undefined;
}

/** How many letters have to be changed, added or removed to make one word of the other: Levenshtein's distance. */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
