// Reading a trace from a file: whatever is in there, either a trace comes out that holds together, or an error that
// says what is wrong.

import { safeToString } from "../../util/inspect.ts";
import { type Trace, type TraceEvent, version, type Who } from "../format.ts";
import { short } from "../shown.ts";
import { type Schema, schema } from "./schema.ts";

/**
 * Reads a trace from the text of a `.json` file.
 *
 * It guarantees what the types say, and that events name no goroutine, channel or pool that is not in its list, and
 * stand in the order of their times.
 *
 * Errors: throws `SyntaxError` for text that is no JSON, and `TypeError` for what is no trace, or one of a later
 * version; the message names the place, such as `events[3].channel`.
 *
 * @example
 * const trace = parseTrace(JSON.stringify(record().stop()));
 * console.log(trace.events.length); // 0
 */
export function parseTrace(text: string): Trace {
  if (typeof text !== "string") throw wrong("the text", "must be a string", text);
  const value = parsed(text);
  checkVersion(value);
  checkShape(schema, value, "");
  const trace = value as Trace;
  new References(trace).check();
  return trace;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (err) {
    // A message of the host may quote the text.
    const why = err instanceof Error ? err.message : safeToString(err);
    throw new SyntaxError(`parseTrace: the text is not JSON: ${short(why, 200)}`, { cause: err });
  }
}

/** Says of what is of another kind only that: all its other faults would follow from it. */
function checkVersion(value: unknown): void {
  if (!isRecord(value) || value["format"] !== "goro-trace") {
    throw new TypeError(`parseTrace: this is not a trace: its format must be "goro-trace", got ${formatOf(value)}`);
  }
  const found = value["version"];
  if (typeof found === "number" && found > version) {
    throw new TypeError(`parseTrace: the trace is of version ${found}, and only versions up to ${version} can be read`);
  }
}

function formatOf(value: unknown): string {
  return isRecord(value) ? told(value["format"]) : told(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function wrong(place: string, rule: string, value: unknown): TypeError {
  return new TypeError(`parseTrace: ${place} ${rule}, got ${told(value)}`);
}

function told(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  if (isRecord(value)) return "an object";
  return typeof value === "string" ? JSON.stringify(short(value, 40)) : short(safeToString(value), 40);
}

// ---- Shape

// It reads the schema itself, so that the two cannot come to disagree.

function checkShape(rule: Schema, value: unknown, place: string): void {
  if (rule.oneOf !== undefined) checkShape(chosen(rule.oneOf, value, place), value, place);
  else if (rule.type === "object") checkObject(rule, value, place);
  else if (rule.type === "array") checkArray(rule, value, place);
  else if (!isScalar(rule, value)) throw wrong(place, `must be ${wanted(rule)}`, value);
}

/** That of some objects which has the type that `value` has. */
function chosen(rules: readonly Schema[], value: unknown, place: string): Schema {
  if (!isRecord(value)) throw wrong(place, "must be an object", value);
  const rule = rules.find(({ properties }) => properties?.["type"]?.const === value["type"]);
  if (rule === undefined) throw wrong(`${place}.type`, "must be a type of event", value["type"]);
  return rule;
}

function checkObject({ properties = {}, required = [] }: Schema, value: unknown, place: string): void {
  if (!isRecord(value)) throw wrong(place, "must be an object", value);
  const at = (field: string): string => (place === "" ? field : `${place}.${field}`);
  for (const field of required)
    if (!Object.hasOwn(value, field)) throw new TypeError(`parseTrace: ${at(field)} is missing`);
  for (const field of Object.keys(value)) {
    // Names such as "__proto__" are no fields either.
    const rule = Object.hasOwn(properties, field) ? properties[field] : undefined;
    if (rule === undefined) throw new TypeError(`parseTrace: ${at(short(field, 40))} is not a field of the format`);
    checkShape(rule, value[field], at(field));
  }
}

function checkArray({ items = {} }: Schema, value: unknown, place: string): void {
  if (!Array.isArray(value)) throw wrong(place, "must be an array", value);
  for (const [i, item] of value.entries()) checkShape(items, item, `${place}[${i}]`);
}

function isScalar(rule: Schema, value: unknown): boolean {
  if (rule.anyOf !== undefined) return rule.anyOf.some((each) => isScalar(each, value));
  if (rule.const !== undefined) return value === rule.const;
  if (rule.enum !== undefined) return rule.enum.some((each) => each === value);
  if (rule.type === "null") return value === null;
  if (rule.type === "string") return typeof value === "string";
  // JSON has no NaN, but 1e999 is read as Infinity.
  if (typeof value !== "number" || !Number.isFinite(value)) return false;
  return (rule.type === "number" || Number.isInteger(value)) && value >= (rule.minimum ?? -Infinity);
}

function wanted(rule: Schema): string {
  if (rule.anyOf !== undefined) return rule.anyOf.map(wanted).join(" or ");
  if (rule.const !== undefined) return JSON.stringify(rule.const);
  if (rule.enum !== undefined) return `one of ${rule.enum.map((each) => JSON.stringify(each)).join(", ")}`;
  if (rule.type === "null" || rule.type === "string") return rule.type === "null" ? "null" : "a string";
  const least = rule.minimum === undefined ? "" : `, ${rule.minimum} or more`;
  return `a ${rule.type === "integer" ? "whole number" : "number"}${least}`;
}

// ---- References

interface Listed {
  readonly id: number;
}

/** Looks whether what is named is in its list. */
class References {
  readonly #trace: Trace;
  readonly #goroutines: ReadonlySet<number>;
  readonly #channels: ReadonlySet<number>;
  readonly #pools: ReadonlySet<number>;

  constructor(trace: Trace) {
    this.#trace = trace;
    this.#goroutines = numbers("goroutines", trace.goroutines);
    this.#channels = numbers("channels", trace.channels);
    this.#pools = numbers("pools", trace.pools);
  }

  check(): void {
    const { goroutines, events, end } = this.#trace;
    for (const [i, { parent }] of goroutines.entries()) this.#who(`goroutines[${i}].parent`, parent);
    let before = 0;
    for (const [i, event] of events.entries()) {
      const { at } = event;
      if (at < before)
        throw wrong(`events[${i}].at`, `must not be less than ${before}, the time of the event before`, at);
      before = at;
      this.#event(`events[${i}]`, event);
    }
    if (end < before) throw wrong("end", `must not be less than ${before}, the time of the last event`, end);
  }

  #event(place: string, event: TraceEvent): void {
    this.#who(`${place}.goroutine`, event.goroutine);
    if ("child" in event) this.#listed(`${place}.child`, "goroutine", this.#goroutines, event.child);
    if ("by" in event) this.#who(`${place}.by`, event.by);
    if ("to" in event) this.#who(`${place}.to`, event.to ?? null);
    if ("from" in event) this.#who(`${place}.from`, event.from ?? null);
    if ("pool" in event) this.#listed(`${place}.pool`, "pool", this.#pools, event.pool);
    if ("channel" in event) this.#channel(`${place}.channel`, event.channel ?? null);
    if (!("cases" in event)) return;
    for (const [i, { channel }] of (event.cases ?? []).entries())
      this.#channel(`${place}.cases[${i}].channel`, channel);
  }

  // 0 is the runtime, and null is somebody who is not known.
  #who(place: string, who: Who): void {
    if (who !== 0 && who !== null) this.#listed(place, "goroutine", this.#goroutines, who);
  }

  #channel(place: string, channel: number | null): void {
    if (channel !== null) this.#listed(place, "channel", this.#channels, channel);
  }

  #listed(place: string, kind: string, all: ReadonlySet<number>, id: number): void {
    if (!all.has(id)) throw wrong(place, `must be the number of a ${kind} in the list of them`, id);
  }
}

function numbers(place: string, all: readonly Listed[]): ReadonlySet<number> {
  const found = new Set<number>();
  for (const [i, { id }] of all.entries()) {
    if (found.has(id)) throw wrong(`${place}[${i}].id`, "must be a number that no other has", id);
    found.add(id);
  }
  return found;
}
