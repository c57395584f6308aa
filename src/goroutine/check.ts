// What callers pass, looked at: a bad value is named, with its place.

import { asText } from "./foreign.ts";

/** Looks at single values for `caller`; each answers the value, or throws. */
export class Check {
  readonly #caller: string;

  constructor(caller: string) {
    this.#caller = caller;
  }

  count(name: string, least: number, value: number, most: number = Number.MAX_SAFE_INTEGER): number {
    const isCount = Number.isSafeInteger(value) || (value === Infinity && most === Infinity);
    if (!isCount || value < least || value > most) {
      const range = most < Number.MAX_SAFE_INTEGER ? `from ${least} to ${most}` : `${least} or more`;
      throw new RangeError(`${this.#caller}: ${name} must be a whole number, ${range}, got ${asText(value)}`);
    }
    return value;
  }

  atLeast(name: string, least: number, value: number, most: number = Infinity): number {
    if (typeof value !== "number" || !(value >= least && value <= most)) {
      const range = most === Infinity ? `${least} or more` : `from ${least} to ${most}`;
      throw new RangeError(`${this.#caller}: ${name} must be a number, ${range}, got ${asText(value)}`);
    }
    return value;
  }

  isFunction(name: string, value: unknown): void {
    if (value === undefined || typeof value === "function") return;
    throw new TypeError(`${this.#caller}: ${name} must be a function, got ${asText(value)}`);
  }

  isContext(name: string, value: { readonly done?: unknown } | null | undefined): void {
    if (value === undefined || typeof value?.done === "function") return;
    throw new TypeError(`${this.#caller}: ${name} must be a context, got ${asText(value)}`);
  }
}
